import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { LineReader, LineSplitter } from "../../../common/runtime/line_reader.ts";
import { withFolder } from "../../helpers/journal_text.ts";

const encoder = new TextEncoder();

Deno.test("LineSplitter gives back the lines of a text however it is cut", () => {
  const line = fc.string({ unit: "grapheme-composite" }).map((text) => text.replaceAll("\n", ""));
  fc.assert(fc.property(
    fc.array(line),
    fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    line,
    (lines, sizes, rest) => {
      const bytes = encoder.encode(lines.map((one) => `${one}\n`).join("") + rest);
      const splitter = new LineSplitter();
      const found: string[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = sizes[at % sizes.length]!;
        const piece = bytes.slice(at, at + size);
        found.push(...splitter.push(piece));
        // What was handed in is used again.
        piece.fill(0);
        at += size;
      }
      const restBytes = encoder.encode(rest).length;
      assertEquals(
        found,
        lines.map((one) =>
          new TextDecoder("utf-8", { ignoreBOM: true })
            .decode(encoder.encode(one))
        ),
      );
      assertEquals(splitter.restBytes, restBytes);
      assertEquals(splitter.consumed, bytes.length - restBytes);
    },
  ));
});

Deno.test("LineReader follows a file that grows", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    await Deno.writeTextFile(path, "one\ntw");
    using reader = await LineReader.open(path);
    assertEquals(await reader.next(), ["one"]);
    assertEquals(await reader.next(), null);
    assertEquals([reader.offset, reader.restBytes], [4, 2]);
    await Deno.writeTextFile(path, "o\nthree\n", { append: true });
    assertEquals(await reader.next(), ["two", "three"]);
    assertEquals(await reader.next(), null);
    assertEquals([reader.offset, reader.restBytes], [14, 0]);
  });
});
