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

  /** Requests are small and come one after the other, each in one piece. */
  async #serve(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      while (await connection.read(buffer) !== null) await connection.write(this.#answer);
    } catch {
      // The client is gone.
    } finally {
      connection.close();
    }
  }
}
