import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HttpSyntaxError, NotHttpError } from "../../../common/http/http_error.ts";
import { ResponseParser } from "../../../common/http/response_parser.ts";
import { byteByByte } from "../../helpers/byte_pieces.ts";

/** What a parser made of an answer. */
interface Parsed {
  status: number | null;
  body: string;
  /** Whether it was complete when the connection ended. */
  isWhole: boolean;
  /** Whether it was complete before that. */
  isDone: boolean;
  hasExcess: boolean;
  error: string | null;
}

/** Feeds `pieces` one by one, and then the end of the connection. */
function parse(pieces: readonly Uint8Array[]): Parsed {
  const parser = new ResponseParser();
  let body = "";
  // As a connection does, every read is into the same memory.
  const memory = new Uint8Array(Math.max(0, ...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    memory.set(piece);
    body += latin1(parser.push(memory.subarray(0, piece.length)));
    if (parser.mistake !== null) break;
  }
  const { isDone, hasExcess, mistake } = parser;
  assert(mistake === null || mistake instanceof HttpSyntaxError || mistake instanceof NotHttpError);
  const error = mistake?.message ?? null;
  const status = parser.head?.status ?? null;
  return { status, body, isDone, hasExcess, isWhole: error === null && parser.end(), error };
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const OK = "HTTP/1.1 200 OK\r\n";

interface Case {
  name: string;
  wire: string;
  expected: Partial<Parsed>;
}

const DONE = { status: 200, isDone: true, isWhole: true, hasExcess: false, error: null };
const OPEN = { ...DONE, isDone: false };
const CUT = { ...DONE, isDone: false, isWhole: false };
const BAD = { ...CUT, status: null, body: "" };

const CASES: Case[] = [
  {
    name: "a body of a known length",
    wire: `${OK}Content-Length: 5\r\n\r\nhello`,
    expected: { ...DONE, body: "hello" },
  },
  {
    name: "no body",
    wire: `${OK}content-length: 0\r\n\r\n`,
    expected: { ...DONE, body: "" },
  },
  {
    name: "a body without a length",
    wire: `${OK}\r\nhello`,
    expected: { ...OPEN, body: "hello" },
  },
  {
    name: "a body that is cut short",
    wire: `${OK}content-length: 6\r\n\r\nhello`,
    expected: { ...CUT, body: "hello" },
  },
  {
    name: "more than was announced",
    wire: `${OK}content-length: 5\r\n\r\nhello, you`,
    expected: { ...DONE, body: "hello", hasExcess: true },
  },
  {
    name: "one byte more than was announced",
    wire: `${OK}content-length: 5\r\n\r\nhello!`,
    expected: { ...DONE, body: "hello", hasExcess: true },
  },
  {
    name: "the same length twice",
    wire: `${OK}content-length: 5, 5\r\nContent-Length: 5\r\n\r\nhello`,
    expected: { ...DONE, body: "hello" },
  },
  {
    name: "chunks with extensions and trailers, in letters of any case",
    wire: `${OK}Transfer-Encoding: Chunked\r\n\r\n` +
      `3;a=b;c="d e"\r\nhel\r\n00A \t\r\nlo, world!\r\n0;x\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`,
    expected: { ...DONE, body: "hello, world!" },
  },
  {
    name: "chunks whose lines end in LF alone",
    wire: `HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n3\nhel\n2\nlo\n0\n\n`,
    expected: { ...DONE, body: "hello" },
  },
  {
    name: "a chunk whose size has as many digits as it may",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n0000000000005\t\r\nhello\r\n0\r\n\r\n`,
    expected: { ...DONE, body: "hello" },
  },
  {
    name: "trailers of one character",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n0\r\nx\r\ny\n\r\n`,
    expected: { ...DONE, body: "" },
  },
  {
    name: "an extension and trailers as long as they may be",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n2;${"x".repeat(16 * 1024 - 1)}\r\nhi\r\n` +
      `0\r\n${"x".repeat(64 * 1024 - 4)}\r\n\r\n`,
    expected: { ...DONE, body: "hi" },
  },
  {
    name: "chunks without the last one",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    expected: { ...CUT, body: "hello" },
  },
  {
    name: "chunks that win over a length",
    wire: `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    expected: { ...DONE, body: "hello" },
  },
  {
    name: "a second answer that nobody asked for",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n0\r\n\r\n${OK}`,
    expected: { ...DONE, body: "", hasExcess: true },
  },
  {
    name: "interim answers first",
    wire:
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: 2\r\n\r\nhi`,
    expected: { ...DONE, body: "hi" },
  },
  {
    name: "as many interim answers as there may be",
    wire: `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(100)}${OK}content-length: 2\r\n\r\nhi`,
    expected: { ...DONE, body: "hi" },
  },
  {
    name: "a status that has no body, whatever the headers say",
    wire: "HTTP/1.1 204 No Content\r\ncontent-length: 10\r\n\r\n",
    expected: { ...DONE, status: 204, body: "" },
  },
  {
    name: "HTTP/1.0 without a reason",
    wire: "HTTP/1.0 200\r\nA:\r\nB: \t x \r\n\r\nhello",
    expected: { ...OPEN, body: "hello" },
  },
  {
    name: "identity as a transfer coding",
    wire: `${OK}transfer-encoding: identity\r\ncontent-length: 2\r\n\r\nhi`,
    expected: { ...DONE, body: "hi" },
  },
  {
    name: "no head",
    wire: "",
    expected: BAD,
  },
  {
    name: "half a head",
    wire: `${OK}content-length: 2\r\n`,
    expected: BAD,
  },
  {
    name: "half a head, with a line of one character",
    wire: "HTTP/1.1 200 OK\nx\n",
    expected: BAD,
  },
  ...[
    ["HTTP/2 200\r\n\r\n", "the answer is not HTTP/1.1"],
    ["\x15\x03\x01\x00\x02\x02\x16", "the answer is not HTTP/1.1"],
    ["SSH-2.0-OpenSSH_9.6\r\n", "the answer is not HTTP/1.1"],
    ["\r\nHTTP/1.1 200 OK\r\n\r\n", "the answer is not HTTP/1.1"],
    ["HTTP/1.2 200 OK\r\n\r\n", "a status line that is none"],
    ["HTTP/1.1 20 OK\r\n\r\n", "a status line that is none"],
    ["HTTP/1.1 2000 OK\r\n\r\n", "a status line that is none"],
    ["HTTP/1.1 200OK\r\n\r\n", "a status line that is none"],
    [`${OK}no colon\r\n\r\n`, "a header line that is none"],
    ["HTTP/1.1 200 OK\nx\n\n", "a header line that is none"],
    [`${OK}: no name\r\n\r\n`, "a header line that is none"],
    [`${OK}a b: c\r\n\r\n`, "a header line that is none"],
    [`${OK}a : c\r\n\r\n`, "a header line that is none"],
    [`${OK}a: b\r\n folded\r\n\r\n`, "a header line that is none"],
    [`${OK}a: b\rc\r\n\r\n`, "a header line that is none"],
    [`${OK}content-length: -1\r\n\r\n`, "a Content-Length that is none"],
    [`${OK}content-length: 1, 2\r\n\r\n`, "a Content-Length that is none"],
    [`${OK}content-length: 1e3\r\n\r\n`, "a Content-Length that is none"],
    [`${OK}content-length: ${"9".repeat(20)}\r\n\r\n`, "a Content-Length that is none"],
    [`${OK}transfer-encoding: gzip, chunked\r\n\r\n`, "an unknown Transfer-Encoding"],
    ["HTTP/1.1 101 Switching\r\n\r\n", "a change of protocol that nobody wants"],
    ["HTTP/1.1 100 Continue\r\n\r\n".repeat(101), "endless interim answers"],
  ].map(([wire, error]): Case => ({
    name: `nonsense: ${error}`,
    wire: wire!,
    expected: { ...BAD, error: error! },
  })),
  ...[
    ["\r\n", "", "a chunk without a size"],
    ["hello", "", "a chunk without a size"],
    ["-1\r\n", "", "a chunk without a size"],
    ["g\r\n", "", "a chunk without a size"],
    ["1x\r\n", "", "a chunk size that is none"],
    ["1`\r\n", "", "a chunk size that is none"],
    ["00000000000005\r\nhello\r\n", "", "a chunk of a size beyond measure"],
    ["fffffffffffffff\r\n", "", "a chunk of a size beyond measure"],
    ["2\r\nhello\r\n", "he", "a chunk that is longer than its size"],
    ["2\r\nhe\r\r\n", "he", "a chunk that is longer than its size"],
    [`2;${"x".repeat(16 * 1024)}\r\n`, "", "a chunk with an endless extension"],
    [`0\r\n${"x".repeat(64 * 1024 - 2)}\r\n\r\n`, "", "endless trailers"],
  ].map(([chunks, body, error]): Case => ({
    name: `nonsense in chunks: ${error}`,
    wire: `${OK}transfer-encoding: chunked\r\n\r\n${chunks}`,
    expected: { ...CUT, body: body!, error: error! },
  })),
];

for (const { name, wire, expected } of CASES) {
  Deno.test(`an answer of HTTP/1.1 is read: ${name}`, () => {
    const bytes = bytesOf(wire);
    assertEquals(parse(byteByByte(bytes)), expected);
    assertEquals(parse([bytes]), expected);
  });
}

Deno.test("a head of 64 KiB is read, one that has a byte more is not", () => {
  const headOf = (length: number) => bytesOf(`${OK}x: ${"y".repeat(length - 24)}\r\n\r\n`);
  assertEquals(parse([headOf(64 * 1024)]), { ...OPEN, body: "" });
  assertEquals(parse([headOf(64 * 1024 + 1)]), { ...BAD, error: "a head of more than 64 KiB" });
});

Deno.test("a head that does not end is given up at 64 KiB", () => {
  const parser = new ResponseParser();
  parser.push(new Uint8Array(bytesOf(OK + "x: " + "y".repeat(60_000))));
  assertEquals(parser.mistake, null);
  parser.push(new Uint8Array(bytesOf("y".repeat(6_000))));
  assertEquals(parser.mistake?.message, "a head of more than 64 KiB");
});

/** An answer as a server makes it, and what must be read of it. */
interface Made {
  wire: string;
  status: number;
  body: string;
  isOpen: boolean;
}

const textOf = fc.string({ unit: "binary-ascii", maxLength: 40 });
const name = fc.constantFrom("Server", "date", "X-A", "x-b");
const header = fc.tuple(name, fc.constantFrom("", "a", "b c", "d, e"))
  .map(([key, value]) => `${key}: ${value}\r\n`);
const headers = fc.array(header, { maxLength: 4 }).map((lines) => lines.join(""));
const interim = fc.array(
  headers.map((lines) => `HTTP/1.1 103 Early Hints\r\n${lines}\r\n`),
  { maxLength: 2 },
).map((heads) => heads.join(""));

const chunked = fc.array(
  fc.tuple(textOf.filter((text) => text !== ""), fc.constantFrom("", ";x", ' ; a="b"')),
).chain((chunks) =>
  headers.map((trailers) => ({
    body: chunks.map(([text]) => text).join(""),
    wire:
      chunks.map(([text, extension]) => `${text.length.toString(16)}${extension}\r\n${text}\r\n`)
        .join("") + `0\r\n${trailers}\r\n`,
  }))
);

const answers: fc.Arbitrary<Made> = fc.record({
  interim,
  headers,
  status: fc.constantFrom(200, 404, 500),
  framed: fc.oneof(
    textOf.map((body) => ({ head: `Content-Length: ${body.length}\r\n`, wire: body, body })),
    chunked.map((made) => ({ head: "Transfer-Encoding: chunked\r\n", ...made })),
    textOf.map((body) => ({ head: "", wire: body, body })),
  ),
}).map(({ interim, headers, status, framed }) => ({
  wire: `${interim}HTTP/1.1 ${status} Word\r\n${headers}${framed.head}\r\n${framed.wire}`,
  status,
  body: framed.body,
  isOpen: framed.head === "",
}));

/** Cuts bytes where a list of lengths says so; the rest is the last piece. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  pieces.push(bytes.subarray(at));
  return pieces;
}

const lengths = fc.array(fc.nat({ max: 50 }), { maxLength: 30 });

Deno.test("any answer is read as it was made, wherever the network cuts it", () => {
  fc.assert(fc.property(answers, lengths, ({ wire, status, body, isOpen }, cuts) => {
    const expected = {
      status,
      body,
      isDone: !isOpen,
      isWhole: true,
      hasExcess: false,
      error: null,
    };
    assertEquals(parse(cut(bytesOf(wire), cuts)), expected);
  }));
});

Deno.test("a spoilt answer is the same mistake, or none, wherever the network cuts it", () => {
  const spoilt = fc.tuple(answers, fc.nat(), fc.nat({ max: 255 })).map(([{ wire }, at, byte]) => {
    const bytes = bytesOf(wire);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(fc.property(spoilt, lengths, (bytes, cuts) => {
    assertEquals(parse(cut(bytes, cuts)), parse(byteByByte(bytes)));
  }));
});

Deno.test("bytes at random are never an answer, and never a crash", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
    assertEquals(parse([bytes]).status, null);
  }));
});
