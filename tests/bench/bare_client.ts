/**
 * A client that does nothing but send requests, in a process of its own: the measure of what the
 * tool adds. Arguments: `fetch` or `socket`, the URL, how many at a time, how many in all, the body.
 */
const [kind, url, concurrency, count, body] = Deno.args as [string, string, string, string, string];
let left = Number(count);

const loops = Array.from(
  { length: Number(concurrency) },
  () => kind === "fetch" ? fetchAll() : sendAllOverSocket(),
);
await Promise.all(loops);

async function fetchAll(): Promise<void> {
  const headers = { "content-type": "application/json" };
  while (left-- > 0) {
    const response = await fetch(url, { method: "POST", headers, body });
    for await (const _chunk of response.body!);
  }
}

/** As cheap as it gets: prepared bytes out, and in until the answer looks complete. */
async function sendAllOverSocket(): Promise<void> {
  const { hostname, port, pathname, host } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = new TextEncoder().encode(
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
  const buffer = new Uint8Array(64 * 1024);
  while (left-- > 0) {
    for (let at = 0; at < request.length;) at += await connection.write(request.subarray(at));
    let length = 0;
    do length += await connection.read(buffer.subarray(length)) ?? 0; while (
      !isComplete(buffer, length)
    );
  }
}

/** A stream ends with an empty chunk, any other answer after as many bytes as it has announced. */
function isComplete(buffer: Uint8Array, length: number): boolean {
  const head = String.fromCharCode(...buffer.subarray(0, Math.min(length, 160)));
  const announced = /content-length: (\d+)/.exec(head)?.[1];
  if (announced !== undefined) return length >= head.indexOf("\r\n\r\n") + 4 + Number(announced);
  const LAST_CHUNK = [48, 13, 10, 13, 10];
  return LAST_CHUNK.every((byte, i) => buffer[length - LAST_CHUNK.length + i] === byte);
}
