import { assertEquals, assertRejects } from "@std/assert";
import { checkRegularFile } from "../../../common/runtime/regular_file.ts";

Deno.test("a regular file that can be read is fine, and nothing else is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.jsonl`;
    await Deno.writeTextFile(path, "");
    assertEquals(await checkRegularFile(path), undefined);
    await assertRejects(() => checkRegularFile(`${folder}/b`), Deno.errors.NotFound);
    await assertRejects(() => checkRegularFile(folder), Deno.errors.IsADirectory);
    await assertRejects(() => checkRegularFile("/dev/null"), TypeError, "no regular file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
