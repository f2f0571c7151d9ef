import type { BadMessageHandler, Channel, Listener, MessageHandler, Transport } from "./channel.ts";
import { encodeFrames, FrameDecoder } from "./frame.ts";
import { type Message, parseMessage } from "./messages.ts";

const READ_BUFFER_BYTES = 64 * 1024;

/** From so many queued characters on, a sender is asked to wait. */
const HIGH_WATER = 1024 * 1024;

/** Channels over Unix sockets in one folder. */
export class UnixTransport implements Transport {
  readonly #folder: string;

  /** `folder`: the run directory; socket paths may hold about 100 bytes. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  listen(name: string, onConnection: (channel: Channel) => void): Listener {
    const listener = Deno.listen({ transport: "unix", path: this.#path(name) });
    void acceptAll(listener, name, onConnection);
    return { close: () => listener.close() };
  }

  async connect(name: string): Promise<Channel> {
    const connection = await Deno.connect({ transport: "unix", path: this.#path(name) });
    return new UnixChannel(connection, name);
  }

  #path(name: string): string {
    return `${this.#folder}/${name}.sock`;
  }
}

async function acceptAll(
  listener: Deno.UnixListener,
  name: string,
  onConnection: (channel: Channel) => void,
): Promise<void> {
  try {
    for await (const connection of listener) {
      onConnection(new UnixChannel(connection, `a client of ${name}`));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** A channel over one Unix socket. */
export class UnixChannel implements Channel {
  peer: string;
  readonly closed: Promise<Error | null>;

  readonly #connection: Deno.UnixConn;
  readonly #resolveClosed: (error: Error | null) => void;
  #outbox: string[] = [];
  #queued = 0;
  #flushing: Promise<void> | null = null;
  #isClosed = false;

  constructor(connection: Deno.UnixConn, peer: string) {
    this.#connection = connection;
    this.peer = peer;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  get queued(): number {
    return this.#queued;
  }

  send(message: Message): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const body = JSON.stringify(message);
    this.#outbox.push(body);
    this.#queued += body.length;
    // Everything that is sent in this turn of the event loop goes out in one write.
    this.#flushing ??= Promise.resolve().then(() => this.#flush());
    return this.#queued > HIGH_WATER ? this.#flushing : undefined;
  }

  receive(onMessage: MessageHandler, onBadMessage: BadMessageHandler): void {
    void this.#readAll(onMessage, onBadMessage);
  }

  async close(): Promise<void> {
    await this.#flushing;
    this.#end(null);
  }

  async #flush(): Promise<void> {
    try {
      while (this.#outbox.length > 0 && !this.#isClosed) {
        const bodies = this.#outbox;
        this.#outbox = [];
        await this.#writeAll(encodeFrames(bodies));
        for (const body of bodies) this.#queued -= body.length;
      }
    } catch (error) {
      this.#end(asError(error));
    } finally {
      this.#flushing = null;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await this.#connection.write(bytes.subarray(written));
    }
  }

  async #readAll(onMessage: MessageHandler, onBadMessage: BadMessageHandler): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    try {
      while (!this.#isClosed) {
        const bytes = await this.#connection.read(buffer);
        if (bytes === null) break;
        for (const body of decoder.push(buffer.subarray(0, bytes))) {
          const waiting = deliver(body, onMessage, onBadMessage);
          if (waiting) await waiting;
        }
      }
      this.#end(null);
    } catch (error) {
      // A closed resource is how our own close() ends a pending read.
      this.#end(this.#isClosed ? null : asError(error));
    }
  }

  #end(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#outbox = [];
    this.#queued = 0;
    try {
      this.#connection.close();
    } catch {
      // Already closed by the runtime.
    }
    this.#resolveClosed(error && new Error(`${this.peer}: ${error.message}`, { cause: error }));
  }
}

function deliver(
  body: string,
  onMessage: MessageHandler,
  onBadMessage: BadMessageHandler,
): void | Promise<void> {
  let message: Message;
  try {
    message = parseMessage(JSON.parse(body));
  } catch (error) {
    return onBadMessage(asError(error));
  }
  return onMessage(message);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
