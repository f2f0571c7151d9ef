import { assertEquals } from "@std/assert";
import { WarmUpServer } from "../../../services/worker/warm_up_server.ts";

const encoder = new TextEncoder();

/** A request with a body of so many bytes. */
function requestOf(bodyBytes: number): Uint8Array<ArrayBuffer> {
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  return encoder.encode(head + "x".repeat(bodyBytes));
}

/** Cuts `bytes` after each of the given positions. */
function cut(bytes: Uint8Array, positions: number[]): Uint8Array[] {
  let start = 0;
  return [...positions, bytes.length].map((end) => bytes.subarray(start, start = end));
}

/** What comes back for pieces that are read one by one, as many answers as `requests`. */
async function converse(pieces: Uint8Array[], requests: number): Promise<string> {
  await using server = new WarmUpServer(encoder.encode("!"));
  const { port } = new URL(server.url);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  connection.setNoDelay(true);
  for (const piece of pieces) {
    for (let sent = 0; sent < piece.length;) sent += await connection.write(piece.subarray(sent));
    // So that the other side reads it by itself; should it not, the test is only easier.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await connection.closeWrite();
  let heard = "";
  const buffer = new Uint8Array(100);
  for (let count = await connection.read(buffer); count !== null;) {
    heard += new TextDecoder().decode(buffer.subarray(0, count));
    count = await connection.read(buffer);
  }
  assertEquals(heard.length >= requests, true, heard);
  return heard;
}

const LARGE = requestOf(1_000_000);

const CASES: [name: string, pieces: Uint8Array[], answers: number][] = [
  ["a small request in one piece", [requestOf(10)], 1],
  ["a request without a body", [encoder.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n")], 1],
  ["a body that comes after its head", cut(requestOf(10), [requestOf(10).length - 10]), 1],
  ["a head in pieces", cut(requestOf(10), [5, 20, 40]), 1],
  ["a large body, larger than one read", [LARGE], 1],
  ["requests one after the other, small and large", [requestOf(10), LARGE, requestOf(0)], 3],
  ["half a request", cut(requestOf(10), [30]).slice(0, 1), 0],
];

for (const [name, pieces, answers] of CASES) {
  Deno.test(`the server within answers each request once: ${name}`, async () => {
    assertEquals(await converse(pieces, answers), "!".repeat(answers));
  });
}
