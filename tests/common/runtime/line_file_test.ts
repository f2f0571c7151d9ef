import { assertEquals, assertRejects } from "@std/assert";
import { LineFile } from "../../../common/runtime/line_file.ts";

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/lines.txt`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("LineFile keeps the order of lines that come while others are written", async () => {
  await withPath(async (path) => {
    const file = await LineFile.create(path);
    const expected: string[] = [];
    for (let i = 0; i < 1_000; i++) {
      expected.push(`line ${i} ü 😀`);
      void file.append(expected[i]!);
      if (i % 100 === 0) await file.flush();
    }
    await file.close();
    assertEquals(await Deno.readTextFile(path), expected.join("\n") + "\n");
    assertEquals(file.queued, 0);
  });
});

Deno.test("LineFile asks a writer to wait when too much is queued", async () => {
  await withPath(async (path) => {
    const file = await LineFile.create(path);
    const line = "x".repeat(3 * 1024 * 1024);
    assertEquals(file.append(line), undefined);
    const room = file.append(line);
    assertEquals(room instanceof Promise, true);
    await room;
    assertEquals(file.queued, 0);
    await file.close();
  });
});

Deno.test("LineFile tells the next writer what went wrong with an earlier line", {
  // Every write to this device, which Linux alone has, fails as on a full disk.
  ignore: Deno.build.os !== "linux",
}, async () => {
  const file = await LineFile.create("/dev/full");
  void file.append("lost");
  await assertRejects(() => file.flush(), Error, "No space left on device");
  await assertRejects(async () => await file.append("more"), Error, "No space left on device");
  await assertRejects(() => file.close(), Error, "No space left on device");
});
