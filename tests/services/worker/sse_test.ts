import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type SseEvent, SseLimitError, SseParser } from "../../../services/worker/sse.ts";
import { EncodingError } from "../../../services/worker/stream_text.ts";
import { byteByByte, cutAt } from "../../helpers/byte_pieces.ts";
import { parseWhole } from "./sse_oracle.ts";

const encoder = new TextEncoder();

/** Feeds the pieces one after the other, each in a buffer that is overwritten afterwards. */
function parse(pieces: Uint8Array[], maxEventBytes?: number): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = new SseParser(
    (event) => events.push(event),
    maxEventBytes === undefined ? {} : { maxEventBytes },
  );
  for (const piece of pieces) {
    const lent = piece.slice();
    parser.push(lent);
    lent.fill(0x21);
  }
  parser.end();
  return events;
}

function parseText(text: string): SseEvent[] {
  return parse([encoder.encode(text)]);
}

function message(data: string, id = ""): SseEvent {
  return { event: "message", data, id };
}

interface Case {
  name: string;
  stream: string;
  events: SseEvent[];
}

const CASES: Case[] = [
  { name: "nothing at all", stream: "", events: [] },
  { name: "blank lines alone", stream: "\n\r\n\r\n\n", events: [] },
  { name: "one event", stream: "data: hello\n\n", events: [message("hello")] },
  { name: "no space after the colon", stream: "data:hello\n\n", events: [message("hello")] },
  {
    name: "only one space is taken away",
    stream: "data:  hello \n\n",
    events: [message(" hello ")],
  },
  { name: "a tab is not taken away", stream: "data:\thello\n\n", events: [message("\thello")] },
  {
    name: "several data lines",
    stream: "data: YHOO\ndata: +2\ndata: 10\n\n",
    events: [message("YHOO\n+2\n10")],
  },
  {
    name: "empty data lines are lines too",
    stream: "data\n\ndata\ndata\n\ndata:\n\n",
    events: [message(""), message("\n"), message("")],
  },
  {
    name: "comments, and comments inside an event",
    stream: ": hi\n\n:\n\ndata: a\n: ping\ndata: b\n\n",
    events: [message("a\nb")],
  },
  {
    name: "ids last until the next one, an empty one resets",
    stream:
      ": test\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\nid: 7\n\ndata: x\n\n",
    events: [message("first", "1"), message("second"), message(" third"), message("x", "7")],
  },
  { name: "an id with NUL is ignored", stream: "id: a\0b\ndata: x\n\n", events: [message("x")] },
  {
    name: "an event's type is for that event alone",
    stream: "event: add\ndata: 1\n\ndata: 2\n\nevent: remove\n\ndata: 3\n\n",
    events: [{ event: "add", data: "1", id: "" }, message("2"), message("3")],
  },
  {
    name: "an event without data is none",
    stream: "event: add\nid: 5\n\ndata: 1\n\n",
    events: [message("1", "5")],
  },
  {
    name: "unknown fields, and names that only resemble known ones",
    stream: "foo: 1\nDATA: 2\n data: 3\ndata : 4\ndatax: 5\ndat\ndata: 6\n\n",
    events: [message("6")],
  },
  {
    name: "CRLF",
    stream: "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
    events: [message("a\nb"), message("c")],
  },
  {
    name: "CR",
    stream: "data: a\rdata: b\r\rdata: c\r\r",
    events: [message("a\nb"), message("c")],
  },
  {
    name: "mixed line ends",
    stream: "data: a\r\n\ndata: b\n\r\ndata: c\r\r\ndata: d\n\rdata: e\r\n\rdata: f\n\n",
    events: ["a", "b", "c", "d", "e", "f"].map((data) => message(data)),
  },
  { name: "a byte order mark", stream: "\ufeffdata: a\n\n", events: [message("a")] },
  {
    name: "a byte order mark before CRLF",
    stream: "\ufeff\r\ndata: a\n\n",
    events: [message("a")],
  },
  {
    name: "only the first byte order mark is one",
    stream: "\ufeff\ufeffdata: a\n\ndata: \ufeffb\n\n",
    events: [message("\ufeffb")],
  },
  {
    name: "other Unicode line ends are text",
    stream: "data: a\u2028b\u0085c\u000bd\u000ce\n\n",
    events: [message("a\u2028b\u0085c\u000bd\u000ce")],
  },
  {
    name: "characters of one to four bytes",
    stream: "data: aä€😀\ndata: 👩‍👩‍👧 مرحبا\n\n",
    events: [message("aä€😀\n👩‍👩‍👧 مرحبا")],
  },
  {
    name: "a last event without its blank line",
    stream: "data: a\n\ndata: b\n",
    events: [message("a"), message("b")],
  },
  {
    name: "a last line without its end",
    stream: "data: a\n\ndata: b",
    events: [message("a"), message("b")],
  },
  { name: "a last line of half a field", stream: "data: a\ndat", events: [message("a")] },
  { name: "a byte order mark alone", stream: "\ufeff", events: [] },
  {
    name: "colons in the data",
    stream: 'data: {"a": "data: x"}\n\n',
    events: [message('{"a": "data: x"}')],
  },
];

for (const { name, stream, events } of CASES) {
  Deno.test(`event stream: ${name}`, () => {
    const bytes = encoder.encode(stream);
    assertEquals(parse([bytes]), events, "in one read");
    assertEquals(parse(byteByByte(bytes)), events, "byte by byte");
    assertEquals(parse([new Uint8Array(0), bytes, new Uint8Array(0)]), events, "with empty reads");
    assertEquals(parseWhole(bytes), events, "the oracle");
  });
}

Deno.test("an event is delivered as soon as its blank line has begun", () => {
  const events: string[] = [];
  const parser = new SseParser(({ data }) => events.push(data));
  parser.push(encoder.encode("data: a\r\n\r"));
  assertEquals(events, ["a"]);
  parser.push(encoder.encode("\ndata: b\n\ndata: c\n"));
  assertEquals(events, ["a", "b"]);
  parser.push(encoder.encode("\r"));
  assertEquals(events, ["a", "b", "c"]);
});

Deno.test("what is not UTF-8 ends in one error, after the events before it", () => {
  const cases = {
    "a byte that no character has": [0xff],
    "a character of Latin-1": [0xe9],
    "half a character": [0xf0, 0x9f],
    "half a surrogate": [0xed, 0xa0, 0x80],
  };
  for (const [name, wrong] of Object.entries(cases)) {
    for (const lineEnd of ["\n", "\r\n", "\r"]) {
      const start = `data: é${lineEnd}data: b${lineEnd}${lineEnd}data: a`;
      const end = `c${lineEnd}${lineEnd}data: d${lineEnd}${lineEnd}`;
      const bytes = Uint8Array.of(...encoder.encode(start), ...wrong, ...encoder.encode(end));
      for (const pieces of [[bytes], byteByByte(bytes)]) {
        const events: string[] = [];
        const parser = new SseParser(({ data }) => events.push(data));
        assertThrows(() => pieces.forEach((piece) => parser.push(piece)), EncodingError);
        assertEquals(events, ["é\nb"], name);
      }
    }
  }
});

Deno.test("a stream that ends within a character is not UTF-8", () => {
  assertThrows(() => parse([encoder.encode("data: €").slice(0, -1)]), EncodingError);
});

Deno.test("the first line that no stream of events has is remembered", () => {
  const parser = new SseParser(() => {});
  parser.push(encoder.encode(": c\nid: 1\nid: \0\nretry: x\nevent: e\ndata: 1\n\ndata\n\n"));
  assertEquals(parser.strayLine, null);
  parser.push(encoder.encode("It works!\nReally: yes\n"));
  assertEquals(parser.strayLine, "It works!");
});

Deno.test("retry is kept when it is a number, and is not an event", () => {
  const parser = new SseParser(() => {
    throw new Error("no event expected");
  });
  assertEquals(parser.retryMs, null);
  parser.push(encoder.encode("retry: 1500\n\nretry: 2s\nretry\n\n"));
  parser.end();
  assertEquals(parser.retryMs, 1500);
});

Deno.test("an event over the limit ends in one error, after the events before it", () => {
  const streams = {
    "a line that never ends": "data: ok\n\ndata: " + "x".repeat(100),
    "a line too long": "data: ok\n\ndata: " + "x".repeat(100) + "\n\n",
    "too many lines": "data: ok\n\n" + "data: xxxxxxxxx\n".repeat(10),
    "a comment too long": "data: ok\n\n:" + "x".repeat(100) + "\n\n",
  };
  for (const [name, stream] of Object.entries(streams)) {
    for (const pieces of [[encoder.encode(stream)], byteByByte(encoder.encode(stream))]) {
      const events: string[] = [];
      const parser = new SseParser(({ data }) => events.push(data), { maxEventBytes: 64 });
      assertThrows(
        () => pieces.forEach((piece) => parser.push(piece)),
        SseLimitError,
        "an event of the stream is larger than 64 bytes",
        name,
      );
      assertEquals(events, ["ok"], name);
    }
  }
});

Deno.test("many events, each below the limit, may be larger than it together", () => {
  const stream = ": comment\ndata: xxxxxxxxxx\n\n".repeat(100);
  assertEquals(parse([encoder.encode(stream)], 64).length, 100);
  assertEquals(parse(byteByByte(encoder.encode(stream)), 64).length, 100);
});

Deno.test("a large event in many small reads comes out whole", () => {
  const piece = encoder.encode("x".repeat(64));
  const pieces = [encoder.encode("data: "), ...Array.from({ length: 50_000 }, () => piece)];
  assertEquals(parse(pieces)[0]?.data.length, 50_000 * 64);
});

/** Streams made of what is special to the format. */
const streams = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom("data: ", "data:", "data", "event: ", "id: ", "retry: "),
    },
    { weight: 4, arbitrary: fc.constantFrom("\n", "\r", "\r\n", "\n\n", "\r\n\r\n") },
    { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom(":", " ", "\0", "\ufeff", "ä", "€", "😀", "[DONE]") },
  ),
  { maxLength: 60 },
).map((parts) => encoder.encode(parts.join("")));

Deno.test("any split of any stream gives the events of the whole, which are the oracle's", () => {
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

Deno.test("arbitrary bytes give the oracle's events, or those before what is not UTF-8", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const outcomes = [[bytes], byteByByte(bytes)].map((pieces) => {
        const events: SseEvent[] = [];
        const parser = new SseParser((event) => events.push(event));
        try {
          for (const piece of pieces) parser.push(piece);
          parser.end();
          return { events, isUtf8: true };
        } catch (thrown) {
          assertInstanceOf(thrown, EncodingError);
          return { events, isUtf8: false };
        }
      });
      assertEquals(outcomes[0], outcomes[1]);
      const { events, isUtf8 } = outcomes[0]!;
      assertEquals(isUtf8, isValid(bytes));
      assertEquals(events, parseWhole(bytes).slice(0, isUtf8 ? undefined : events.length));
    }),
    { numRuns: 300 },
  );
});

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

Deno.test("an endless event in single bytes, or of empty lines, takes memory of the limit's size", () => {
  const max = 2 ** 20;
  for (const piece of ["x", "data:\n"]) {
    const bytes = encoder.encode(piece);
    const parser = new SseParser(() => {}, { maxEventBytes: max });
    const before = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed;
    let pushed = 0;
    assertThrows(() => {
      for (; pushed <= 2 * max; pushed += bytes.length) parser.push(bytes);
    }, SseLimitError);
    const grown = Deno.memoryUsage().external + Deno.memoryUsage().heapUsed - before;
    assertEquals(pushed <= max, true, `${pushed} bytes were taken`);
    // A list of a million pieces would be over 100 MB.
    assertEquals(grown < 64 * max, true, `${grown} bytes`);
  }
});

Deno.test("the end of a stream without events is quiet", () => {
  assertEquals(parseText(": only a comment"), []);
});
