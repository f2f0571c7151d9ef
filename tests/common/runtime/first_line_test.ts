import { assertEquals, assertRejects } from "@std/assert";
import { readFirstLine } from "../../../common/runtime/first_line.ts";

Deno.test("readFirstLine() gives the first line that is not blank", async () => {
  const path = await Deno.makeTempFile();
  const long = "ü".repeat(100_001);
  const cases: readonly (readonly [text: string, line: string])[] = [
    ["", ""],
    ["one", "one"],
    ["\ufeffone\ntwo\n", "one"],
    ["\n \r\none\ntwo", "one"],
    [`${long}\nrest`, long],
  ];
  try {
    for (const [text, line] of cases) {
      await Deno.writeTextFile(path, text);
      assertEquals(await readFirstLine(path), line);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readFirstLine() rejects for what is no file, without waiting", async () => {
  await assertRejects(() => readFirstLine("/dev/null"), TypeError, "/dev/null is no regular file");
  await assertRejects(() => readFirstLine("/dev/no-such-file"), Deno.errors.NotFound);
});
