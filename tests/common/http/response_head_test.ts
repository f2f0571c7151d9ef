import { assertEquals } from "@std/assert";
import { parseHead } from "../../../common/http/response_head.ts";

const KEPT: [head: string, isKeptOpen: boolean, keepAliveMs: number | null][] = [
  ["HTTP/1.1 200 OK\r\ncontent-length: 0", true, null],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: Close", false, null],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: x, close", false, null],
  ["HTTP/1.1 200 OK", false, null],
  ["HTTP/1.0 200 OK\r\ncontent-length: 0", false, null],
  ["HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive", true, null],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nkeep-alive: timeout=5, max=100", true, 5000],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nkeep-alive: max=100,timeout = 75", true, 75_000],
  ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nkeep-alive: mytimeout=5", true, null],
];

for (const [text, isKeptOpen, keepAliveMs] of KEPT) {
  Deno.test(`a head says whether the connection stays open: ${text.replaceAll("\r\n", " | ")}`, () => {
    const head = parseHead(text);
    assertEquals([head.isKeptOpen, head.keepAliveMs], [isKeptOpen, keepAliveMs]);
  });
}

Deno.test("header names have no case, and a name that comes twice has both values", () => {
  const { headers } = parseHead("HTTP/1.1 200 OK\r\nX-A: one \r\nx-a:two\r\nX-B: ä:ö");
  assertEquals([...headers], [["x-a", "one, two"], ["x-b", "ä:ö"]]);
});

Deno.test("a status without its words gets the usual ones", () => {
  assertEquals(parseHead("HTTP/1.1 429 Easy now").statusText, "Easy now");
  assertEquals(parseHead("HTTP/1.1 429 ").statusText, "Too Many Requests");
  assertEquals(parseHead("HTTP/1.1 429").statusText, "Too Many Requests");
  assertEquals(parseHead("HTTP/1.1 299").statusText, "");
});
