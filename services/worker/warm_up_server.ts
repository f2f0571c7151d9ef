/** A server inside this process, for requests that are not to leave it. */
export class WarmUpServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #answer: Uint8Array;
  readonly #served: Promise<void>;

  /** Answers each request on loopback with the bytes of `answer`; throws when it cannot listen. */
  constructor(answer: Uint8Array) {
    this.#answer = answer;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#served = this.#accept();
  }

  /** Its base URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Resolves when its connections are closed, by the other side. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
  }

  async #accept(): Promise<void> {
    const connections: Promise<void>[] = [];
    for await (const connection of this.#listener) connections.push(this.#serve(connection));
    await Promise.all(connections);
  }

  /** Requests come one after the other: each follows the answer to the one before. */
  async #serve(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65536);
    const requests = new RequestCounter();
    try {
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null || buffer[0] === TLS_HANDSHAKE && requests.isAtStart) return;
        if (requests.isWholeWith(buffer.subarray(0, count))) await connection.write(this.#answer);
      }
    } catch {
      // The client is gone.
    } finally {
      connection.close();
    }
  }
}

/** How a secure connection begins, which is not spoken here. */
const TLS_HANDSHAKE = 0x16;

/** The end of a head, and the length of the body that follows it. */
const HEAD_END = "\r\n\r\n";
const LENGTH_REGEXP = /^content-length: *(\d+)/im;

/** Finds out where requests end that have a `Content-Length`, or no body; large ones come in many reads. */
class RequestCounter {
  readonly #decoder = new TextDecoder("latin1");
  /** What has come of the head; empty while a body comes. */
  #head = "";
  /** Bytes of the body that have not come yet; 0 while a head comes. */
  #missing = 0;

  /** Whether the next bytes are the first of a request. */
  get isAtStart(): boolean {
    return this.#missing === 0 && this.#head === "";
  }

  /** Whether these bytes, which came next, complete a request. */
  isWholeWith(bytes: Uint8Array): boolean {
    if (this.#missing > 0) {
      this.#missing -= Math.min(this.#missing, bytes.length);
      return this.#missing === 0;
    }
    this.#head += this.#decoder.decode(bytes);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return false;
    const length = Number(LENGTH_REGEXP.exec(this.#head.slice(0, end))?.[1] ?? 0);
    this.#missing = Math.max(0, length - (this.#head.length - end - HEAD_END.length));
    this.#head = "";
    return this.#missing === 0;
  }
}
