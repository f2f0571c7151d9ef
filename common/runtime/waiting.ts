const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for `ms`, to 0.1–0.2 ms; without processor time, but nothing else runs. */
export function blockThread(ms: number): void {
  Atomics.wait(NEVER, 0, 0, ms);
}

/**
 * Lets the event loop go round, sockets included, within some 15 µs.
 *
 * Immediates and messages to oneself are quicker but do it for show: the runtime asks the system
 * for ready sockets only when it has nothing else to do, or at every 61st round. So a turn sends
 * itself a byte through a socket of its own: when that has arrived, so has all that came before.
 */
export class EventLoopTurner {
  readonly #near: Deno.Conn;
  readonly #far: Deno.Conn;
  readonly #byte = new Uint8Array(1);

  /** `near` and `far`: the two ends of one connection, used for nothing else. */
  constructor(near: Deno.Conn, far: Deno.Conn) {
    this.#near = near;
    this.#far = far;
  }

  /** Opens one over a Unix socket; `path`: a free place for it, which it needs only for a moment. */
  static async open(path: string): Promise<EventLoopTurner> {
    using listener = Deno.listen({ transport: "unix", path });
    const [near, far] = await Promise.all([
      Deno.connect({ transport: "unix", path }),
      listener.accept(),
    ]);
    await Deno.remove(path);
    return new EventLoopTurner(near, far);
  }

  /** Resolves after one turn; one at a time. */
  async turn(): Promise<void> {
    await Promise.all([this.#far.read(this.#byte), this.#near.write(this.#byte)]);
  }

  /** Gives the sockets back; no turn may be under way. */
  close(): void {
    this.#near.close();
    this.#far.close();
  }
}
