import { assertEquals, assertThrows } from "@std/assert";
import type { HttpRequest } from "../../../common/http/http_transport.ts";
import { requestBytes } from "../../../common/http/request_bytes.ts";

const REQUEST: HttpRequest = {
  method: "POST",
  url: "http://h:1/v1/x?y=z",
  headers: [["Content-Type", "application/json"], ["X-A", "ä"]],
  body: '{"a":"€"}',
  signal: new AbortController().signal,
};
const TARGET = { path: "/v1/x?y=z", host: "h:1" };

function text(pieces: readonly Uint8Array[]): string[] {
  return pieces.map((bytes) => String.fromCharCode(...bytes));
}

Deno.test("a request goes out in one piece, its length in bytes", () => {
  assertEquals(text(requestBytes(REQUEST, TARGET)), [
    "POST /v1/x?y=z HTTP/1.1\r\nContent-Type: application/json\r\nX-A: \xe4\r\n" +
    'Host: h:1\r\nContent-Length: 11\r\n\r\n{"a":"\xe2\x82\xac"}',
  ]);
});

Deno.test("a request without a body has no length", () => {
  const request: HttpRequest = { ...REQUEST, method: "GET", headers: [], body: null };
  assertEquals(text(requestBytes(request, TARGET)), [
    "GET /v1/x?y=z HTTP/1.1\r\nHost: h:1\r\n\r\n",
  ]);
});

Deno.test("an empty body has the length 0", () => {
  const request: HttpRequest = { ...REQUEST, headers: [["HOST", "other"]], body: "" };
  assertEquals(text(requestBytes(request, TARGET)), [
    "POST /v1/x?y=z HTTP/1.1\r\nHOST: other\r\nContent-Length: 0\r\n\r\n",
  ]);
});

Deno.test("a large body goes out on its own, without a copy", () => {
  const body = new Uint8Array(300_000);
  const pieces = requestBytes({ ...REQUEST, body }, TARGET);
  assertEquals(pieces.length, 2);
  assertEquals(pieces[1] === body, true);
});

for (
  const [name, value] of [["X A", "hush"], ["", "hush"], ["X-A", "hush\r\nX-B: c"], ["X-A", "€"]]
) {
  Deno.test(`no header gets through that would break the head: ${JSON.stringify([name, value])}`, () => {
    const error = assertThrows(
      () => requestBytes({ ...REQUEST, headers: [[name!, value!]] }, TARGET),
      TypeError,
      "cannot be sent",
    ) as Error;
    assertEquals(error.message.includes(value!), false);
  });
}
