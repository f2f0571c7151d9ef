import type { Channel, Transport } from "../../common/comms/channel.ts";
import type {
  Command,
  CommandKind,
  CommandOf,
  Hello,
  Message,
  MessageOf,
  MessageType,
} from "../../common/comms/messages.ts";
import { type ListeningType, SOCKETS } from "../../common/comms/sockets.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { Peer } from "../../common/service/peer.ts";
import { PROTOCOL_VERSION } from "../../common/version.ts";

/** The token of every run in tests. */
export const TEST_TOKEN = "test-token";

/** What a fake service says in its hello, where it is not what it should be. */
export type HelloChange = Partial<Omit<Hello, "type">>;

type Answer = (command: Command) => unknown;

/** A service that a test plays: it keeps what it is told, says and answers what the test wants. */
export class FakePeer {
  /** Everything that has arrived, in order. */
  readonly received: Message[] = [];
  /** What arrived and was no message of this version. */
  readonly problems: Error[] = [];
  readonly channel: Channel;
  readonly #peer: Peer;
  readonly #answers = new Map<CommandKind, Answer>();
  readonly #waiters = new Set<() => void>();
  readonly #taken = new Map<MessageType, number>();

  constructor(channel: Channel) {
    this.channel = channel;
    const identity = { serviceType: "worker", serviceId: channel.peer, info: {} } as const;
    this.#peer = new Peer(identity, channel, new SystemClock(0));
    channel.receive(
      (message) => this.#take(message),
      (problem) => void this.problems.push(problem),
    );
  }

  /** Says something. */
  send(message: Message): void {
    void this.channel.send(message);
  }

  /** Says hello as a service of a type. */
  hello(serviceType: ServiceType, serviceId: string, change: HelloChange = {}): void {
    this.send({
      type: "hello",
      protocol: PROTOCOL_VERSION,
      serviceType,
      serviceId,
      token: TEST_TOKEN,
      pid: 1,
      info: {},
      ...change,
    });
  }

  /** Asks the other side to do something; rejects with its error or when it goes away. */
  ask(command: Command): Promise<unknown> {
    return this.#peer.request(command, Infinity);
  }

  /** From now on commands of a kind get this answer; an error that is thrown is the answer. */
  answer<K extends CommandKind>(kind: K, answer: (command: CommandOf<K>) => unknown): void {
    this.#answers.set(kind, answer as Answer);
  }

  /** Everything of a type that has arrived. */
  of<T extends MessageType>(type: T): MessageOf<T>[] {
    return this.received.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** The next message of a type that no earlier call has returned; waits for it. */
  async next<T extends MessageType>(type: T): Promise<MessageOf<T>> {
    const index = this.#taken.get(type) ?? 0;
    this.#taken.set(type, index + 1);
    await this.until(() => this.of(type).length > index);
    return this.of(type)[index]!;
  }

  /** Waits until what has arrived makes something true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.add(resolve);
      await promise;
    }
  }

  /** Goes away. */
  close(): Promise<void> {
    return this.channel.close();
  }

  #take(message: Message): void {
    this.received.push(message);
    if (message.type === "response") this.#peer.settle(message);
    if (message.type === "command") this.#obey(message);
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }

  #obey({ id, command }: MessageOf<"command">): void {
    const answer = this.#answers.get(command.kind);
    if (!answer) return;
    void Promise.resolve(command).then(answer).then(
      (data) => this.send({ type: "response", id, error: null, data: data ?? null }),
      (error) => this.send({ type: "response", id, error: error.message, data: null }),
    );
  }
}

/** Plays a service that others connect to. */
export class FakeHost {
  /** Everybody who has connected, in order. */
  readonly guests: FakePeer[] = [];
  readonly #close: () => void;
  readonly #waiters: (() => void)[] = [];

  constructor(transport: Transport, type: ListeningType) {
    const listener = transport.listen(SOCKETS[type], (channel) => {
      this.guests.push(new FakePeer(channel));
      for (const wake of this.#waiters.splice(0)) wake();
    });
    this.#close = () => listener.close();
  }

  /** The first service that connects and says hello; waits for it. */
  async guest(): Promise<FakePeer> {
    while (this.guests.length === 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    const guest = this.guests[0]!;
    await guest.until(() => guest.of("hello").length > 0);
    return guest;
  }

  /** Is there no more; ends every connection. */
  async close(): Promise<void> {
    this.#close();
    await Promise.all(this.guests.map((guest) => guest.close()));
  }
}
