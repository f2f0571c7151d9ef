/** Messages over a Unix socket with nothing around them: the floor for what a channel may cost. */
export class BareConnection {
  readonly #connection: Deno.UnixConn;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  readonly #out = new Uint8Array(64 * 1024);
  readonly #outView = new DataView(this.#out.buffer);
  #used = 0;

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  /** Puts a message into the buffer; returns a promise when that had to be written. */
  send(message: unknown): Promise<void> | undefined {
    const body = JSON.stringify(message);
    const waiting = this.#used + 4 + body.length * 3 > this.#out.length ? this.flush() : undefined;
    const { written } = this.#encoder.encodeInto(body, this.#out.subarray(this.#used + 4));
    this.#outView.setUint32(this.#used, written);
    this.#used += 4 + written;
    return waiting;
  }

  /** Writes what is in the buffer. */
  async flush(): Promise<void> {
    const bytes = this.#out.slice(0, this.#used);
    this.#used = 0;
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Hands every message to a function, until the other side is gone. */
  async receive(onMessage: (message: unknown) => void | Promise<void>): Promise<void> {
    const buffer = new Uint8Array(128 * 1024);
    const view = new DataView(buffer.buffer);
    let used = 0;
    for (;;) {
      const bytes = await this.#connection.read(buffer.subarray(used));
      if (bytes === null) return;
      used += bytes;
      let at = 0;
      while (used - at >= 4) {
        const end = at + 4 + view.getUint32(at);
        if (end > used) break;
        const waiting = onMessage(JSON.parse(this.#decoder.decode(buffer.subarray(at + 4, end))));
        if (waiting) await waiting;
        at = end;
      }
      buffer.copyWithin(0, at, used);
      used -= at;
    }
  }

  close(): void {
    this.#connection.close();
  }
}
