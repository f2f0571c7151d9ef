import type { BadMessageHandler, Channel, Listener, MessageHandler, Transport } from "./channel.ts";
import { asError, namePeer } from "./channel_error.ts";
import { deliver, type Receiver } from "./delivery.ts";
import { checkBodyFits } from "./frame.ts";
import type { Message } from "./messages.ts";

/** From so many undelivered messages on, a sender is asked to wait. */
const HIGH_WATER_MESSAGES = 1_000;

/** Channels within one process: messages pass through JSON and the schema as on a socket. */
export class MemoryTransport implements Transport {
  readonly #listeners = new Map<string, (channel: Channel) => void>();

  listen(name: string, onConnection: (channel: Channel) => void): Listener {
    if (this.#listeners.has(name)) throw new Error(`Cannot listen on "${name}": it is taken`);
    this.#listeners.set(name, onConnection);
    return {
      close: () => {
        if (this.#listeners.get(name) === onConnection) this.#listeners.delete(name);
      },
    };
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

/** What an end finds in its inbox after the other one's last message. */
const END = null;

/** One end of a connection in memory. */
class MemoryChannel implements Channel {
  peer: string;
  readonly closed: Promise<Error | null>;

  readonly #resolveClosed: (error: Error | null) => void;
  #other: MemoryChannel | null = null;
  #inbox: (string | typeof END)[] = [];
  #next = 0;
  #receiver: Receiver | null = null;
  #isDraining = false;
  #isClosed = false;
  #room: PromiseWithResolvers<void> | null = null;

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
    return this.#inbox.length - this.#next;
  }

  /** Names the end that gets what is sent here. */
  connectTo(other: MemoryChannel): void {
    this.#other = other;
  }

  send(message: Message): Promise<void> | undefined {
    return this.#isClosed ? undefined : this.sendText(JSON.stringify(message));
  }

  sendText(text: string): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    checkBodyFits(text);
    return this.#other?.put(text);
  }

  sendTextLater(text: string): Promise<void> | undefined {
    return this.sendText(text);
  }

  /** Takes a message's text, as a socket would, or the news that none will follow. */
  put(body: string | typeof END): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    this.#inbox.push(body);
    this.#startDraining();
    if (this.inboxLength <= HIGH_WATER_MESSAGES) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  receive(onMessage: MessageHandler, onBadMessage: BadMessageHandler): void {
    if (this.#receiver) throw new Error(`Cannot receive from ${this.peer} twice`);
    this.#receiver = { onMessage, onBadMessage };
    this.#startDraining();
  }

  close(): Promise<void> {
    this.#end(null);
    return Promise.resolve();
  }

  #startDraining(): void {
    if (this.#isDraining || !this.#receiver || this.inboxLength === 0) return;
    this.#isDraining = true;
    void Promise.resolve(this.#receiver).then((receiver) => this.#drain(receiver));
  }

  async #drain(receiver: Receiver): Promise<void> {
    try {
      while (!this.#isClosed && this.inboxLength > 0) {
        const body = this.#take();
        if (body === END) return this.#end(null);
        const waiting = deliver(body, receiver);
        if (waiting) await waiting;
      }
    } catch (error) {
      this.#end(asError(error));
    } finally {
      this.#isDraining = false;
    }
  }

  #take(): string | typeof END {
    const body = this.#inbox[this.#next++]!;
    if (this.#next === this.#inbox.length) {
      this.#inbox = [];
      this.#next = 0;
    }
    if (this.inboxLength <= HIGH_WATER_MESSAGES) this.#giveRoom();
    return body;
  }

  #giveRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  #end(error: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inbox = [];
    this.#next = 0;
    this.#giveRoom();
    // What was sent is in the other end's inbox: it sees the end after it, as on a socket.
    void this.#other?.put(END);
    this.#resolveClosed(error && namePeer(this.peer, error));
  }
}
