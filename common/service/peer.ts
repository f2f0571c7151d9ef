import type { Channel } from "../comms/channel.ts";
import type { Command, CommandKind, Hello, Message, MessageOf } from "../comms/messages.ts";
import type { ServiceType } from "../model/service_type.ts";
import { type Clock, SystemClock } from "../runtime/clock.ts";

/** Thrown when a peer answers a command with an error. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";

  constructor(readonly peerId: string, cause: string) {
    super(`${peerId}: ${cause}`);
  }
}

/** Thrown when a peer does not answer a command in time or goes away before it does. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

interface Pending {
  readonly kind: CommandKind;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Ends the wait for the time limit. */
  readonly settled: AbortController;
}

/** Who is at the other end of a channel. */
export type PeerIdentity = Pick<Hello, "serviceType" | "serviceId" | "info"> & {
  readonly pid?: number;
};

/** Another service, as this one talks to it. */
export class Peer {
  readonly type: ServiceType;
  readonly id: string;
  /** What the peer had to tell when it said hello. */
  readonly info: Readonly<Record<string, string>>;
  readonly channel: Channel;
  /** The process that said hello; null for one that this service has connected to. */
  readonly pid: number | null;
  readonly #pending = new Map<number, Pending>();
  readonly #clock: Clock;
  #nextId = 0;
  #isGone = false;

  constructor(identity: PeerIdentity, channel: Channel, clock: Clock = new SystemClock(0)) {
    this.type = identity.serviceType;
    this.id = identity.serviceId;
    this.info = identity.info;
    this.channel = channel;
    this.pid = identity.pid ?? null;
    this.#clock = clock;
    channel.peer = identity.serviceId;
    void channel.closed.then(() => this.#rejectAll());
  }

  /** Sends a message; see `Channel.send` for when to wait. */
  send(message: Message): Promise<void> | undefined {
    return this.channel.send(message);
  }

  /** Sends a message whose JSON is there already. */
  sendText(text: string): Promise<void> | undefined {
    return this.channel.sendText(text);
  }

  /** Sends a message that nobody waits for; see `Channel.sendTextLater`. */
  sendLater(message: Message): Promise<void> | undefined {
    return this.channel.sendTextLater(JSON.stringify(message));
  }

  /** The commands that the peer still owes an answer to. */
  get owed(): CommandKind[] {
    return [...this.#pending.values()].map(({ kind }) => kind);
  }

  /** Whether the connection has ended. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Asks the peer to do something and waits for its answer.
   *
   * `timeoutMs`: how long to wait; Infinity for as long as the connection lasts. Rejects with
   * CommandFailedError when the peer could not do it, with NoAnswerError when it did not answer.
   */
  request(command: Command, timeoutMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#isGone) {
      reject(new NoAnswerError(`${this.id} was gone before "${command.kind}"`));
      return promise;
    }
    const id = this.#nextId++;
    const settled = new AbortController();
    this.#pending.set(id, { kind: command.kind, resolve, reject, settled });
    try {
      void this.send({ type: "command", id, command });
    } catch (error) {
      this.#take(id)?.reject(error as Error);
    }
    if (timeoutMs !== Infinity) void this.#giveUp(id, timeoutMs, settled.signal);
    return promise;
  }

  /** Gives an answer that has arrived to the one who waits for it; a late one is ignored. */
  settle(response: MessageOf<"response">): void {
    const pending = this.#take(response.id);
    if (response.error === null) pending?.resolve(response.data);
    else pending?.reject(new CommandFailedError(this.id, response.error));
  }

  async #giveUp(id: number, timeoutMs: number, settled: AbortSignal): Promise<void> {
    await this.#clock.sleep(timeoutMs, settled);
    const pending = this.#take(id);
    pending?.reject(
      new NoAnswerError(`${this.id} did not answer "${pending.kind}" within ${timeoutMs} ms`),
    );
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    this.#pending.delete(id);
    pending.settled.abort();
    return pending;
  }

  #rejectAll(): void {
    this.#isGone = true;
    for (const id of [...this.#pending.keys()]) {
      const pending = this.#take(id);
      pending?.reject(new NoAnswerError(`${this.id} went away during "${pending.kind}"`));
    }
  }
}
