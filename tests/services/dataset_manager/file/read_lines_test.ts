import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readLines } from "../../../../services/dataset_manager/file/read_lines.ts";
import { memorySource } from "./memory_source.ts";

interface Read {
  text: string;
  offset: number;
  number: number;
  isTooLong: boolean;
}

async function linesOf(
  content: string,
  { maxLineBytes = 1e6, readBytes = 7, limit = Infinity } = {},
): Promise<Read[]> {
  const lines: Read[] = [];
  await readLines(memorySource(content, { readBytes }), {
    maxLineBytes,
    onLine({ bytes, offset, number, isTooLong }) {
      lines.push({ text: new TextDecoder().decode(bytes), offset, number, isTooLong });
      return lines.length < limit;
    },
  });
  return lines;
}

Deno.test("lines are numbered from 1 and know where they begin", async () => {
  const lines = await linesOf("ab\n\ncde");
  assertEquals(lines, [
    { text: "ab", offset: 0, number: 1, isTooLong: false },
    { text: "", offset: 3, number: 2, isTooLong: false },
    { text: "cde", offset: 4, number: 3, isTooLong: false },
  ]);
});

Deno.test("a file that ends in a line end has no empty line after it", async () => {
  assertEquals((await linesOf("a\n")).length, 1);
  assertEquals(await linesOf(""), []);
});

Deno.test("reading stops when no more is wanted", async () => {
  assertEquals((await linesOf("a\nb\nc\n", { limit: 2 })).map(({ text }) => text), ["a", "b"]);
});

Deno.test("a line that is too long is announced once and those after it are read", async () => {
  for (const readBytes of [1, 3, 100]) {
    const lines = await linesOf(`ab\n${"x".repeat(50)}\ncd\n`, { maxLineBytes: 10, readBytes });
    assertEquals(lines.map(({ number, isTooLong }) => [number, isTooLong]), [
      [1, false],
      [2, true],
      [3, false],
    ]);
    assertEquals(lines[2], { text: "cd", offset: 54, number: 3, isTooLong: false });
    assertEquals(lines[1]!.text, "x".repeat(10));
  }
});

Deno.test("a line longer than any buffer is whole", async () => {
  const long = "é".repeat(700_000);
  const lines = await linesOf(`a\n${long}\nb`, { maxLineBytes: 2e6, readBytes: 200_000 });
  assertEquals(lines.map(({ text }) => text), ["a", long, "b"]);
  assertEquals(lines[2]!.offset, 3 + 1_400_000);
});

Deno.test("however a file is cut into reads, its lines are those of split()", async () => {
  const text = fc.array(fc.constantFrom("a", "é", "\n", "\r\n", "xyz"), { maxLength: 60 })
    .map((parts) => parts.join(""));
  await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (content, size) => {
    const expected = content.split("\n");
    if (expected.at(-1) === "") expected.pop();
    const lines = await linesOf(content, { readBytes: size });
    assertEquals(lines.map((line) => line.text), expected);
    const bytes = new TextEncoder().encode(content);
    for (const { text, offset } of lines) {
      const length = new TextEncoder().encode(text).length;
      assertEquals(new TextDecoder().decode(bytes.subarray(offset, offset + length)), text);
    }
  }));
});
