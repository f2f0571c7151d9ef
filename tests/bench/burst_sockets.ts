const HOST = "127.0.0.1";
const LAST_CHUNK = [48, 13, 10, 13, 10];
/** For the code of this client to be compiled before it counts. */
const TRIES = 300;

/** Open connections to a server, and the bytes of one request for a stream. */
export class BurstSockets implements Disposable {
  readonly #connections: readonly Deno.TcpConn[];
  readonly #request: Uint8Array;

  constructor(connections: readonly Deno.TcpConn[], request: Uint8Array) {
    this.#connections = connections;
    this.#request = request;
  }

  /** Opens so many connections to the server at `url`. */
  static async open(url: string, size: number): Promise<BurstSockets> {
    const request = streamRequest();
    await tryOut(request);
    const port = Number(new URL(url).port);
    const dial = () => Deno.connect({ hostname: HOST, port });
    return new BurstSockets(await Promise.all(Array.from({ length: size }, dial)), request);
  }

  /** Sends a request on each connection and reads all answers; returns within how many ms they went. */
  async send(): Promise<number> {
    const start = performance.now();
    const writing = this.#connections.map((connection) => connection.write(this.#request));
    const sentMs = performance.now() - start;
    await Promise.all(writing);
    await Promise.all(this.#connections.map(readStream));
    return sentMs;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.close();
  }
}

function streamRequest(): Uint8Array {
  const body = JSON.stringify({
    messages: [{ role: "user", content: "word ".repeat(50) }],
    stream: true,
    max_completion_tokens: 2,
  });
  return new TextEncoder().encode(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${HOST}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Writes to a connection of this process to itself. */
async function tryOut(request: Uint8Array): Promise<void> {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const accepted = listener.accept();
  using near = await Deno.connect({ hostname: HOST, port: listener.addr.port });
  using far = await accepted;
  const buffer = new Uint8Array(64 * 1024);
  for (let i = 0; i < TRIES; i++) {
    await near.write(request);
    await far.read(buffer);
  }
}

async function readStream(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let length = 0; !LAST_CHUNK.every((byte, i) => buffer[length - 5 + i] === byte);) {
    const count = await connection.read(buffer.subarray(length));
    if (count === null) throw new Error("The server has closed a connection");
    length += count;
  }
}
