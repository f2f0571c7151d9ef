import { assertEquals } from "@std/assert";
import { openInputFiles } from "../../../../services/dataset_manager/file/input_file.ts";

Deno.test("more files than are kept open are read here and there, again and again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const names = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, "0")}.jsonl`);
    for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, `{"text":"${name}"}`);
    const files = await openInputFiles(folder);
    assertEquals(files.map(({ name }) => name), names);
    for (let round = 0; round < 3; round++) {
      for (const file of files) {
        const bytes = file.readAt({ offset: 9, length: 8 });
        assertEquals(new TextDecoder().decode(bytes), file.name);
      }
    }
    for (const file of files) file.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
