import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LineLimitError, LineParser } from "../../../services/worker/lines.ts";
import { EncodingError } from "../../../services/worker/stream_text.ts";
import { byteByByte, cutAt } from "../../helpers/byte_pieces.ts";

const encoder = new TextEncoder();

/** Feeds the pieces one after the other, each in a buffer that is overwritten afterwards. */
function parse(pieces: Uint8Array[], maxLineBytes?: number): string[] {
  const lines: string[] = [];
  const parser = new LineParser(
    ({ event, data, id }) => {
      assertEquals([event, id], ["message", ""]);
      lines.push(data);
    },
    maxLineBytes === undefined ? {} : { maxLineBytes },
  );
  for (const piece of pieces) {
    const lent = piece.slice();
    parser.push(lent);
    lent.fill(0x21);
  }
  parser.end();
  return lines;
}

/** The lines of a whole stream, as slowly and plainly as they can be found. */
function parseWhole(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes);
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

const CASES: [name: string, stream: string, lines: string[]][] = [
  ["nothing at all", "", []],
  ["blank lines alone", "\n\r\n \n\t\n", []],
  ["one line", '{"a":1}\n', ['{"a":1}']],
  ["CR LF", '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  ["blank lines between", '{"a":1}\n\n\r\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ["white space around", '  {"a":1} \t\n', ['{"a":1}']],
  ["a last line without its end", '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ["a last line of half a value", '{"a":1}\n{"b"', ['{"a":1}', '{"b"']],
  ["a byte order mark", '\ufeff{"a":1}\n', ['{"a":1}']],
  ["a CR in the middle", '{"a":1}\r{"b":2}\n', ['{"a":1}\r{"b":2}']],
  ["characters of one to four bytes", '"aä€😀"\n"👩‍👩‍👧 مرحبا"\n', ['"aä€😀"', '"👩‍👩‍👧 مرحبا"']],
  ["other Unicode line ends are text", '"a\u2028b\u0085c"\n', ['"a\u2028b\u0085c"']],
];

for (const [name, stream, lines] of CASES) {
  Deno.test(`lines of JSON: ${name}`, () => {
    const bytes = encoder.encode(stream);
    assertEquals(parse([bytes]), lines, "in one read");
    assertEquals(parse(byteByByte(bytes)), lines, "byte by byte");
    assertEquals(parse([new Uint8Array(0), bytes, new Uint8Array(0)]), lines, "with empty reads");
    assertEquals(parseWhole(bytes), lines, "the oracle");
  });
}

Deno.test("a line is delivered as soon as its end is there", () => {
  const lines: string[] = [];
  const parser = new LineParser(({ data }) => lines.push(data));
  parser.push(encoder.encode("1\n2\n3"));
  assertEquals(lines, ["1", "2"]);
  parser.push(encoder.encode("4"));
  assertEquals(lines, ["1", "2"]);
  parser.push(encoder.encode("5\n6"));
  assertEquals(lines, ["1", "2", "345"]);
  parser.end();
  assertEquals(lines, ["1", "2", "345", "6"]);
});

Deno.test("what is not UTF-8 ends in one error, after the lines before it", () => {
  const bytes = Uint8Array.of(...encoder.encode('"é"\n\r\n"b'), 0xff, ...encoder.encode('"\n1\n'));
  for (const pieces of [[bytes], byteByByte(bytes)]) {
    const lines: string[] = [];
    const parser = new LineParser(({ data }) => lines.push(data));
    assertThrows(() => pieces.forEach((piece) => parser.push(piece)), EncodingError);
    assertEquals(lines, ['"é"']);
  }
});

Deno.test("a line over the limit ends in one error, after the lines before it", () => {
  const endless = "ok\n" + "x".repeat(100);
  for (const stream of [endless, endless + "\n"]) {
    for (const pieces of [[encoder.encode(stream)], byteByByte(encoder.encode(stream))]) {
      const lines: string[] = [];
      const parser = new LineParser(({ data }) => lines.push(data), { maxLineBytes: 64 });
      assertThrows(
        () => pieces.forEach((piece) => parser.push(piece)),
        LineLimitError,
        "a line of the stream is longer than 64 bytes",
      );
      assertEquals(lines, ["ok"]);
    }
  }
});

Deno.test("many lines, each below the limit, may be longer than it together", () => {
  const stream = encoder.encode(("x".repeat(60) + "\n").repeat(100));
  assertEquals(parse([stream], 64).length, 100);
  assertEquals(parse(byteByByte(stream), 64).length, 100);
});

Deno.test("an endless line in single bytes takes little more memory than its bytes", () => {
  const parser = new LineParser(() => {}, { maxLineBytes: 8 * 2 ** 20 });
  const byte = Uint8Array.of(0x78);
  const before = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 2 ** 20; i++) parser.push(byte);
  const grown = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed - before;
  // A list of a million pieces would be over 100 MB.
  assertEquals(grown < 64 * 2 ** 20, true, `${grown} bytes`);
});

/** Streams made of what is special to the format. */
const streams = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.json({ maxDepth: 1 }) },
    { weight: 4, arbitrary: fc.constantFrom("\n", "\r\n", "\n\n", "\r", " ") },
    { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom("{", "}", '"', "\0", "ä", "€", "😀") },
  ),
  { maxLength: 60 },
).map((parts) => encoder.encode(parts.join("")));

Deno.test("any split of any stream gives the lines of the whole, which are the oracle's", () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  fc.assert(
    fc.property(streams, cuts, (bytes, positions) => {
      const expected = parseWhole(bytes);
      assertEquals(parse(cutAt(bytes, positions)), expected);
      assertEquals(parse(byteByByte(bytes)), expected);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a CR alone ends no line, also before one that is not UTF-8", () => {
  const lines: string[] = [];
  const parser = new LineParser(({ data }) => lines.push(data));
  parser.push(Uint8Array.of(0x61, 0x0a, 0x62, 0x0d, 0x80));
  assertThrows(() => parser.end(), EncodingError);
  assertEquals(lines, ["a"]);
});

Deno.test("arbitrary bytes are the oracle's lines, up to what is not UTF-8", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const outcomes = [[bytes], byteByByte(bytes)].map((pieces) => {
        const lines: string[] = [];
        const parser = new LineParser(({ data }) => lines.push(data));
        try {
          for (const piece of pieces) parser.push(piece);
          parser.end();
          return { lines, isUtf8: true };
        } catch (thrown) {
          assertInstanceOf(thrown, EncodingError);
          return { lines, isUtf8: false };
        }
      });
      assertEquals(outcomes[0], outcomes[1]);
      const { lines, isUtf8 } = outcomes[0]!;
      assertEquals(lines, parseWhole(bytes).slice(0, isUtf8 ? undefined : lines.length));
    }),
    { numRuns: 300 },
  );
});
