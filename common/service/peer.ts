import type { Channel } from "../comms/channel.ts";
import type { Command, Hello, Message, MessageOf } from "../comms/messages.ts";
import type { ServiceType } from "../model/service_type.ts";

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
  readonly kind: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/** Who is at the other end of a channel. */
export type PeerIdentity = Pick<Hello, "serviceType" | "serviceId" | "info">;

/** Another service, as this one talks to it. */
export class Peer {
  readonly type: ServiceType;
  readonly id: string;
  /** What the peer had to tell when it said hello. */
  readonly info: Readonly<Record<string, string>>;
  readonly channel: Channel;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;

  constructor(identity: PeerIdentity, channel: Channel) {
    this.type = identity.serviceType;
    this.id = identity.serviceId;
    this.info = identity.info;
    this.channel = channel;
    channel.peer = identity.serviceId;
    void channel.closed.then(() => this.#rejectAll());
  }

  /** Sends a message; see `Channel.send` for when to wait. */
  send(message: Message): Promise<void> | undefined {
    return this.channel.send(message);
  }

  /** Whether the peer still owes an answer to a command. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /**
   * Asks the peer to do something and waits for its answer.
   *
   * `timeoutMs`: how long to wait; Infinity for as long as the connection lasts. Rejects with
   * CommandFailedError when the peer could not do it, with NoAnswerError when it did not answer.
   */
  request(command: Command, timeoutMs: number): Promise<unknown> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = timeoutMs === Infinity ? undefined : setTimeout(() => {
      this.#take(id)?.reject(
        new NoAnswerError(`${this.id} did not answer "${command.kind}" within ${timeoutMs} ms`),
      );
    }, timeoutMs);
    this.#pending.set(id, { kind: command.kind, resolve, reject, timer });
    void this.send({ type: "command", id, command });
    return promise;
  }

  /** Gives an answer that has arrived to the one who waits for it; a late one is ignored. */
  settle(response: MessageOf<"response">): void {
    const pending = this.#take(response.id);
    if (response.error === null) pending?.resolve(response.data);
    else pending?.reject(new CommandFailedError(this.id, response.error));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    return pending;
  }

  #rejectAll(): void {
    for (const id of [...this.#pending.keys()]) {
      const pending = this.#take(id);
      pending?.reject(new NoAnswerError(`${this.id} went away during "${pending.kind}"`));
    }
  }
}
