import type { BadMessageHandler, Channel, Listener, MessageHandler, Transport } from "./channel.ts";
import { type Message, parseMessage } from "./messages.ts";

/** Channels within one process: messages pass through JSON and the schema as on a socket. */
export class MemoryTransport implements Transport {
  readonly #listeners = new Map<string, (channel: Channel) => void>();

  listen(name: string, onConnection: (channel: Channel) => void): Listener {
    if (this.#listeners.has(name)) throw new Error(`Cannot listen on "${name}": it is taken`);
    this.#listeners.set(name, onConnection);
    return { close: () => void this.#listeners.delete(name) };
  }

  connect(name: string): Promise<Channel> {
    const onConnection = this.#listeners.get(name);
    if (!onConnection) {
      return Promise.reject(new Error(`Cannot connect to "${name}": nobody listens there`));
    }
    const [ours, theirs] = memoryChannelPair(name);
    onConnection(theirs);
    return Promise.resolve(ours);
  }
}

/** Two ends of one connection in memory. */
export function memoryChannelPair(name: string): [MemoryChannel, MemoryChannel] {
  const ours = new MemoryChannel(name);
  const theirs = new MemoryChannel(`a client of ${name}`);
  ours.connectTo(theirs);
  theirs.connectTo(ours);
  return [ours, theirs];
}

/** One end of a connection in memory. */
export class MemoryChannel implements Channel {
  peer: string;
  readonly closed: Promise<Error | null>;

  readonly #resolveClosed: (error: Error | null) => void;
  #other: MemoryChannel | null = null;
  #inbox: string[] = [];
  #deliver: ((body: string) => void | Promise<void>) | null = null;
  #draining: Promise<void> | null = null;
  #isClosed = false;

  constructor(peer: string) {
    this.peer = peer;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  get queued(): number {
    return this.#other?.inboxLength ?? 0;
  }

  /** Messages that have arrived here and are not delivered yet. */
  get inboxLength(): number {
    return this.#inbox.length;
  }

  /** Names the end that gets what is sent here. */
  connectTo(other: MemoryChannel): void {
    this.#other = other;
  }

  send(message: Message): undefined {
    if (!this.#isClosed) this.#other?.put(JSON.stringify(message));
    return undefined;
  }

  /** Takes a message's text, as a socket would. */
  put(body: string): void {
    if (this.#isClosed) return;
    this.#inbox.push(body);
    this.#startDraining();
  }

  receive(onMessage: MessageHandler, onBadMessage: BadMessageHandler): void {
    this.#deliver = (body) => {
      let message: Message;
      try {
        message = parseMessage(JSON.parse(body));
      } catch (error) {
        return onBadMessage(error instanceof Error ? error : new Error(String(error)));
      }
      return onMessage(message);
    };
    this.#startDraining();
  }

  async close(): Promise<void> {
    // What was sent is handed over before the other end sees the close, as on a socket.
    await this.#other?.whenDrained();
    this.#end(null);
    this.#other?.endFromPeer();
  }

  /** Resolves when everything that has arrived is delivered. */
  whenDrained(): Promise<void> {
    return this.#draining ?? Promise.resolve();
  }

  /** Ends this end because the other one closed. */
  endFromPeer(): void {
    this.#end(null);
  }

  #startDraining(): void {
    if (this.#draining || !this.#deliver || this.#inbox.length === 0) return;
    this.#draining = Promise.resolve().then(() => this.#drain());
  }

  async #drain(): Promise<void> {
    for (let body = this.#inbox.shift(); body !== undefined; body = this.#inbox.shift()) {
      await this.#deliver?.(body);
    }
    this.#draining = null;
  }

  #end(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#resolveClosed(error);
  }
}
