import type { BadMessageHandler, Channel, Listener, MessageHandler, Transport } from "./channel.ts";
import { asError, namePeer } from "./channel_error.ts";
import type { deliver, Receiver } from "./delivery.ts";
import { checkBodyFits, decodeBody, encodeFrames, FrameDecoder } from "./frame.ts";
import type { Message } from "./messages.ts";
import { Breather, nextTurn } from "../runtime/breather.ts";

const READ_BUFFER_BYTES = 64 * 1024;

/** From so many queued characters on, a sender is asked to wait. */
const HIGH_WATER = 1024 * 1024;

/** One write takes the messages that are ready until it has so many characters. */
const WRITE_CHARS = 256 * 1024;

/** What nobody waits for stays here so long for others to go with it, … */
const LINGER_MS = 10;
/** … or until there is so much of it, in characters: on a busy machine that is sooner. */
const LINGER_CHARS = 16 * 1024;

/** What can be set of a channel over a Unix socket. */
export interface UnixChannelOptions {
  /** How long a connection that is being closed waits for a peer that does not read; 5 s. */
  readonly closeTimeoutMs?: number;
}

/** How long to let things be when a connection could not be taken, such as for want of files. */
const ACCEPT_PAUSE_MS = 100;

/** What a transport tells of connections that could not be taken. */
export type AcceptErrorHandler = (name: string, error: Error) => void;

/** Channels over Unix sockets in one folder. */
export class UnixTransport implements Transport {
  readonly #folder: string;
  readonly #onAcceptError: AcceptErrorHandler;
  readonly #names = new Set<string>();

  /**
   * `folder`: the run directory; socket paths may hold about 100 bytes.
   * `onAcceptError`: told of each connection that could not be taken; the listener goes on.
   */
  constructor(folder: string, onAcceptError: AcceptErrorHandler = () => {}) {
    this.#folder = folder;
    this.#onAcceptError = onAcceptError;
  }

  /**
   * Takes connections under a name.
   *
   * A socket that another process has left there is replaced: in a run's own folder a service has
   * its name for itself, so it can only be that of its predecessor. Throws when this transport
   * listens on the name already, or when there can be no such socket.
   */
  listen(name: string, onConnection: (channel: Channel) => void): Listener {
    if (this.#names.has(name)) throw new Error(`Cannot listen on "${name}": it is taken`);
    const listener = this.#open(name);
    this.#names.add(name);
    const closed = new AbortController();
    void acceptAll(listener, {
      signal: closed.signal,
      take: (connection) => onConnection(new UnixChannel(connection, `a client of ${name}`)),
      onError: (error) => this.#onAcceptError(name, error),
    });
    return {
      close: () => {
        if (closed.signal.aborted) return;
        closed.abort();
        this.#names.delete(name);
        closeQuietly(listener);
      },
    };
  }

  async connect(name: string): Promise<Channel> {
    const path = this.#path(name);
    try {
      return new UnixChannel(await Deno.connect({ transport: "unix", path }), name);
    } catch (error) {
      const isNobody = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.ConnectionReset;
      const why = isNobody ? "nobody listens there" : asError(error).message;
      throw new Error(`Cannot connect to "${name}": ${why}`, { cause: error });
    }
  }

  #open(name: string): Deno.UnixListener {
    const path = this.#path(name);
    try {
      return listenInPlaceOf(path);
    } catch (error) {
      throw new Error(`Cannot listen on "${name}": ${asError(error).message}: "${path}"`, {
        cause: error,
      });
    }
  }

  #path(name: string): string {
    return `${this.#folder}/${name}.sock`;
  }
}

function listenInPlaceOf(path: string): Deno.UnixListener {
  try {
    return Deno.listen({ transport: "unix", path });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    Deno.removeSync(path);
    return Deno.listen({ transport: "unix", path });
  }
}

/** Where connections come from: a listener, or in tests something that fails like one. */
export type Acceptor = Pick<Deno.UnixListener, "accept">;

/** What is done with the connections that come in. */
export interface AcceptOptions {
  /** Aborts when the listener is closed. */
  readonly signal: AbortSignal;
  readonly take: (connection: Deno.UnixConn) => void;
  readonly onError: (error: Error) => void;
  readonly pauseMs?: number;
}

/**
 * Takes connections until the listener is closed.
 *
 * A process that may open no more files cannot take a connection, and is asked again at once: so
 * after an error it lets some time pass, in which files may be closed.
 */
export async function acceptAll(listener: Acceptor, options: AcceptOptions): Promise<void> {
  const { signal, take, onError, pauseMs = ACCEPT_PAUSE_MS } = options;
  while (!signal.aborted) {
    try {
      take(await listener.accept());
    } catch (error) {
      if (signal.aborted) return;
      onError(asError(error));
      await pause(pauseMs, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

/** A channel over one Unix socket. */
export class UnixChannel implements Channel {
  peer: string;
  readonly closed: Promise<Error | null>;

  readonly #connection: Deno.UnixConn;
  readonly #closeTimeoutMs: number;
  readonly #resolveClosed: (error: Error | null) => void;
  #outbox: string[] = [];
  #queued = 0;
  #room: PromiseWithResolvers<void> | null = null;
  #flushing: Promise<void> | null = null;
  #linger: ReturnType<typeof setTimeout> | null = null;
  #closing: Promise<void> | null = null;
  #isReceiving = false;
  #writeError: Error | null = null;
  #isClosed = false;

  constructor(connection: Deno.UnixConn, peer: string, options: UnixChannelOptions = {}) {
    this.#connection = connection;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 5_000;
    this.peer = peer;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  get queued(): number {
    return this.#queued;
  }

  /** Whether nothing that is sent can arrive any more. */
  get #isDeaf(): boolean {
    return this.#isClosed || this.#closing !== null || this.#writeError !== null;
  }

  send(message: Message): Promise<void> | undefined {
    return this.#isDeaf ? undefined : this.sendText(JSON.stringify(message));
  }

  sendText(text: string): Promise<void> | undefined {
    if (this.#isDeaf) return undefined;
    const room = this.#put(text);
    this.#flushSoon();
    return room;
  }

  sendTextLater(text: string): Promise<void> | undefined {
    if (this.#isDeaf) return undefined;
    const room = this.#put(text);
    if (this.#queued > LINGER_CHARS) this.#flushSoon();
    else if (this.#flushing === null) {
      this.#linger ??= setTimeout(() => this.#flushSoon(), LINGER_MS);
    }
    return room;
  }

  #put(text: string): Promise<void> | undefined {
    checkBodyFits(text);
    this.#outbox.push(text);
    this.#queued += text.length;
    if (this.#queued <= HIGH_WATER) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Everything that is sent in this turn of the event loop goes out in one write. */
  #flushSoon(): void {
    this.#stopLingering();
    this.#flushing ??= Promise.resolve().then(() => this.#flush());
  }

  #stopLingering(): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
  }

  receive(onMessage: MessageHandler, onBadMessage: BadMessageHandler): void {
    if (this.#isReceiving) throw new Error(`Cannot receive from ${this.peer} twice`);
    this.#isReceiving = true;
    void this.#readAll({ onMessage, onBadMessage });
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWhenFlushed();
    return this.#closing;
  }

  async #closeWhenFlushed(): Promise<void> {
    if (this.#linger !== null) this.#flushSoon();
    if (this.#flushing) {
      const timer = setTimeout(() => {
        this.#end(
          new Error(`it did not take its last messages within ${this.#closeTimeoutMs} ms`),
        );
      }, this.#closeTimeoutMs);
      await this.#flushing;
      clearTimeout(timer);
    }
    this.#end(null);
  }

  async #flush(): Promise<void> {
    try {
      while (this.#outbox.length > 0 && !this.#isClosed) {
        const bodies = this.#takeBatch();
        await this.#writeAll(encodeFrames(bodies));
        if (this.#isClosed) return;
        for (const body of bodies) this.#queued -= body.length;
        if (this.#queued <= HIGH_WATER) this.#giveRoom();
      }
    } catch (error) {
      this.#stopWriting(asError(error));
    } finally {
      this.#flushing = null;
    }
  }

  #takeBatch(): string[] {
    const outbox = this.#outbox;
    let count = 0;
    for (let chars = 0; count < outbox.length && chars < WRITE_CHARS; count++) {
      chars += outbox[count]!.length;
    }
    this.#outbox = count === outbox.length ? [] : outbox.slice(count);
    return count === outbox.length ? outbox : outbox.slice(0, count);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await this.#connection.write(bytes.subarray(written));
    }
  }

  #stopWriting(error: Error): void {
    if (this.#isClosed) return;
    this.#writeError = error;
    this.#dropOutbox();
    // The peer is gone, but what it said before is still to be read; the read ends the channel.
    if (!this.#isReceiving) this.#end(error);
  }

  async #readAll(receiver: Receiver): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    const breather = new Breather();
    try {
      // What checks messages takes a while to load: a process that starts others does that first.
      const { deliver } = await import("./delivery.ts");
      while (!this.#isClosed) {
        const bytes = await this.#connection.read(buffer);
        if (bytes === null) break;
        breather.begin();
        for (const body of decoder.push(buffer.subarray(0, bytes))) {
          const waiting = deliverBytes(body, receiver, deliver);
          if (waiting) await waiting;
          if (breather.isDue(body.length)) await nextTurn();
          if (this.#isClosed) return;
        }
      }
      this.#end(this.#writeError ?? (decoder.pendingBytes > 0 ? cutOff() : null));
    } catch (error) {
      // A closed resource is how our own close() ends a pending read: #end knows.
      this.#end(this.#writeError ?? asError(error));
    }
  }

  #dropOutbox(): void {
    this.#stopLingering();
    this.#outbox = [];
    this.#queued = 0;
    this.#giveRoom();
  }

  #giveRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  #end(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropOutbox();
    closeQuietly(this.#connection);
    this.#resolveClosed(error && namePeer(this.peer, error));
  }
}

function cutOff(): Error {
  return new Error("it went away in the middle of a message");
}

function deliverBytes(
  body: Uint8Array,
  receiver: Receiver,
  deliverText: typeof deliver,
): void | Promise<void> {
  let text: string;
  try {
    text = decodeBody(body);
  } catch {
    return receiver.onBadMessage(new TypeError("Cannot read a message: it is not UTF-8"));
  }
  return deliverText(text, receiver);
}

function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // Already closed by the runtime.
  }
}
