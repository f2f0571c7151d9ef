import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type HttpRequest,
  HttpRequestParser,
  HttpSyntaxError,
} from "../../../services/mock_server/http_request.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const PLAIN = "POST /v1/x?a=1&b=2 HTTP/1.1\r\nHost: h\r\nX-Request-ID:  r1 \r\n" +
  'Content-Length: 9\r\n\r\n{"ä":12}';
const CHUNKED = "POST /c HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n" +
  "5;note=x\r\nhello\r\nA\r\n world, hi\r\n0\r\nTrailer: t\r\n\r\n";
const GET = "GET /g HTTP/1.1\r\nX-Request-Id: 1\r\nX-REQUEST-ID: 2\r\nX-Other-Name: 3\r\n\r\n";
const OLD = "GET /old HTTP/1.0\r\n\r\n";

/** All requests in `bytes`, fed in pieces of the given sizes (repeated). */
function parse(bytes: Uint8Array, sizes: readonly number[]): HttpRequest[] {
  const parser = new HttpRequestParser();
  const found: HttpRequest[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    parser.push(bytes.subarray(at, at + size));
    at += size;
    for (let next = parser.next(); next !== null; next = parser.next()) {
      found.push({ ...next, body: next.body.slice() });
    }
  }
  return found;
}

function brief(requests: HttpRequest[]) {
  return requests.map(({ method, path, query, headers, body, keepAlive }) => {
    return [method, path, query, Object.fromEntries(headers), decoder.decode(body), keepAlive];
  });
}

const ALL = encoder.encode(PLAIN + CHUNKED + "\r\n\r\n" + GET + OLD);
const EXPECTED = [
  [
    "POST",
    "/v1/x",
    "a=1&b=2",
    {
      "x-request-id": "r1",
      "content-length": "9",
    },
    '{"ä":12}',
    true,
  ],
  ["POST", "/c", "", { "transfer-encoding": "Chunked" }, "hello world, hi", true],
  ["GET", "/g", "", { "x-request-id": "1, 2" }, "", true],
  ["GET", "/old", "", {}, "", false],
];

Deno.test("HttpRequestParser reads pipelined requests from one read", () => {
  assertEquals(brief(parse(ALL, [ALL.length])), EXPECTED);
});

Deno.test("HttpRequestParser reads the same requests byte by byte", () => {
  assertEquals(brief(parse(ALL, [1])), EXPECTED);
});

Deno.test("HttpRequestParser reads the same requests however the bytes are split", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
    assertEquals(brief(parse(ALL, sizes)), EXPECTED);
  }));
});

const CHUNKS_HEAD = "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

Deno.test("HttpRequestParser reads bodies in chunks one after the other, each from its own first chunk", () => {
  const bodies = [
    "3 \t;x\r\nabc\r\n1\r\nd\r\n0\r\nA: 1\r\nB: 2\r\n\r\n",
    "0\r\n\r\n",
    "2\r\nef\r\n0\r\n\r\n",
  ];
  const bytes = encoder.encode(bodies.map((body) => CHUNKS_HEAD + body).join("") + GET);
  for (const size of [1, bytes.length]) {
    const read = parse(bytes, [size]).map(({ path, body }) => path + decoder.decode(body));
    assertEquals(read, ["/cabcd", "/c", "/cef", "/g"]);
  }
});

Deno.test("HttpRequestParser does not end a line with what its buffer held before", () => {
  // When "0" and its CR are all there is, the buffer behind them still has the LF of an earlier line.
  const pieces = [`${CHUNKS_HEAD}2\r\nx`, "x\r\n0", "\r", `\n\r\n${GET}`];
  const requests = parse(encoder.encode(pieces.join("")), pieces.map(({ length }) => length));
  assertEquals(requests.map(({ path, body }) => path + decoder.decode(body)), ["/cxx", "/g"]);
});

Deno.test("HttpRequestParser takes heads of up to 64 KiB, lines of chunks of up to 1024 bytes, and bodies of up to 256 MiB", () => {
  const headOf = (bytes: number) => `GET / HTTP/1.1\r\nA: ${"x".repeat(bytes - 19)}`;
  const lineOf = (bytes: number) => `1;${"x".repeat(bytes - 4)}\r\n`;
  const cases: [text: string, status: number | null][] = [
    [headOf(65_536), null],
    [headOf(65_537), 431],
    [`${headOf(65_537)}\r\n\r\n`, 431],
    [CHUNKS_HEAD + lineOf(1024), null],
    [CHUNKS_HEAD + lineOf(1025), 400],
    [`${CHUNKS_HEAD}10000000\r\n`, null],
    [`${CHUNKS_HEAD}10000001\r\n`, 413],
    ["POST / HTTP/1.1\r\nContent-Length: 268435456\r\n\r\n", null],
    ["POST / HTTP/1.1\r\nContent-Length: 268435457\r\n\r\n", 413],
  ];
  for (const [text, status] of cases) {
    if (status === null) {
      assertEquals(parse(encoder.encode(text), [text.length]), []);
    } else {
      const error = assertThrows(() => parse(encoder.encode(text), [text.length]), HttpSyntaxError);
      assertEquals((error as HttpSyntaxError).status, status);
    }
  }
});

Deno.test("HttpRequestParser keeps bodies larger than its first buffer", () => {
  const body = "x".repeat(100_000);
  const text = `POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  for (const size of [16_384, 200_000]) {
    const requests = parse(encoder.encode(text + GET), [size]);
    assertEquals(requests.map((request) => request.body.length), [body.length, 0]);
  }
});

Deno.test("HttpRequestParser tells the Connection header", () => {
  const cases: [string, boolean][] = [
    ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false],
    ["GET / HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n", true],
    ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true],
  ];
  for (const [text, keepAlive] of cases) {
    assertEquals(parse(encoder.encode(text), [7])[0]!.keepAlive, keepAlive);
  }
});

Deno.test("HttpRequestParser says once that the client waits for 100 Continue", () => {
  const parser = new HttpRequestParser();
  parser.push(
    encoder.encode("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"),
  );
  assertEquals(parser.next(), null);
  assertEquals([parser.takeContinue(), parser.takeContinue()], [true, false]);
  parser.push(encoder.encode("ok"));
  assertEquals(decoder.decode(parser.next()!.body), "ok");
});

Deno.test("HttpRequestParser says of no other client that it waits for 100 Continue", () => {
  for (const [expect, body] of [["100-continue", "ok"], ["a miracle", ""]] as const) {
    const parser = new HttpRequestParser();
    const head = `POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: ${expect}\r\n\r\n`;
    parser.push(encoder.encode(head + body));
    assertEquals(parser.next() !== null, body !== "");
    assertEquals(parser.takeContinue(), false);
  }
});

Deno.test("HttpRequestParser refuses what is not HTTP", () => {
  const cases: [string, number][] = [
    ["hello\r\n\r\n", 400],
    ["GET / HTTP/2.0\r\n\r\n", 400],
    ["\rGET / HTTP/1.1\r\n\r\n", 400],
    // At its first byte: who speaks another protocol waits before it says more.
    ["\u0016\u0003\u0001", 400],
    ["\u0000", 400],
    [" ", 400],
    ["\u007f", 400],
    ["GET /a b HTTP/1.1\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nno colon\r\nA: b\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\nContent-Length: ${"9".repeat(16)}\r\n\r\n`, 400],
    ["\u00e9", 400],
    ["GET / HTTP/1.1\r\nno colon\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\n: empty\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nBad-Name : x\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", 413],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n10000000\r\n", 413],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\rX0\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naX\n0\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000\r\n", 400],
    ["GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + "1".repeat(2000), 400],
    ["GET / HTTP/1.1\r\nA: " + "x".repeat(70_000), 431],
  ];
  for (const [text, status] of cases) {
    const error = assertThrows(() => parse(encoder.encode(text), [16_384]), HttpSyntaxError);
    assertEquals((error as HttpSyntaxError).status, status, text.slice(0, 80));
  }
});

Deno.test("HttpRequestParser does not go on for ever over arbitrary bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    try {
      parse(bytes, [13]);
    } catch (error) {
      if (!(error instanceof HttpSyntaxError)) throw error;
    }
  }));
});
