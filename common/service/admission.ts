import type { Channel, MessageHandler } from "../comms/channel.ts";
import type { Hello, Message } from "../comms/messages.ts";
import type { Clock } from "../runtime/clock.ts";
import { PROTOCOL_VERSION } from "../version.ts";

/** How long a connection may stay silent before it says who it is. */
const HELLO_TIMEOUT_MS = 5_000;

/** What an admission needs of the service that it guards. */
export interface AdmissionOptions {
  /** Who refuses: it is said to those who are refused. */
  readonly serviceId: string;
  /** What a newcomer must know. */
  readonly token: string;
  readonly clock: Clock;
  /** Whether the process that says hello is connected already. */
  readonly isTaken: (hello: Hello) => boolean;
  /** Takes a service in; returns what is done with everything it says after its hello. */
  readonly admit: (hello: Hello, channel: Channel) => MessageHandler;
  /** Told once of each connection that is refused; `hello` is null when it never said one. */
  readonly refused: (hello: Hello | null, reason: string) => void;
  /** Told of the messages of an admitted service that cannot be used. */
  readonly badMessage: (problem: Error, channel: Channel) => void;
}

/** Lets in the connections that say who they are, in time and in the language of this version. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #strangers = new Set<Stranger>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Takes a new connection. */
  take(channel: Channel): void {
    const stranger = new Stranger(channel, this.#options, () => this.#strangers.delete(stranger));
    this.#strangers.add(stranger);
    stranger.listen();
  }

  /** Ends every connection that has not said hello yet. */
  async close(): Promise<void> {
    await Promise.all([...this.#strangers].map((stranger) => stranger.leave()));
  }
}

/** A connection from its first byte on; a stranger until it has said hello. */
class Stranger {
  readonly #channel: Channel;
  readonly #options: AdmissionOptions;
  readonly #onDecided: () => void;
  readonly #decided = new AbortController();
  #handle: MessageHandler | null = null;

  constructor(channel: Channel, options: AdmissionOptions, onDecided: () => void) {
    this.#channel = channel;
    this.#options = options;
    this.#onDecided = onDecided;
  }

  listen(): void {
    const { clock, badMessage } = this.#options;
    const { signal } = this.#decided;
    void clock.sleep(HELLO_TIMEOUT_MS, signal).then(() => {
      this.#refuse(null, `it said nothing for ${HELLO_TIMEOUT_MS} ms`);
    });
    void this.#channel.closed.then((error) => this.#gone(error));
    this.#channel.receive(
      (message, text) => this.#handle ? this.#handle(message, text) : this.#judge(message),
      (problem) => {
        if (this.#handle) badMessage(problem, this.#channel);
        else this.#refuse(null, problem.message);
      },
    );
  }

  leave(): Promise<void> {
    this.#decide();
    return this.#channel.close();
  }

  #judge(message: Message): void {
    if (this.#decided.signal.aborted) return;
    if (message.type !== "hello") {
      return this.#refuse(null, `it said "${message.type}" instead of hello`);
    }
    const reason = this.#whyRefused(message);
    if (reason !== null) return this.#refuse(message, reason);
    this.#decide();
    this.#handle = this.#options.admit(message, this.#channel);
  }

  #whyRefused(hello: Hello): string | null {
    if (hello.token !== this.#options.token) return `"${hello.serviceId}" has a wrong token`;
    if (hello.protocol !== PROTOCOL_VERSION) {
      return `${hello.serviceId} speaks protocol ${hello.protocol}, ` +
        `this aiperf speaks ${PROTOCOL_VERSION}: are two versions mixed?`;
    }
    return this.#options.isTaken(hello) ? `${hello.serviceId} is connected already` : null;
  }

  #refuse(hello: Hello | null, reason: string): void {
    if (this.#decided.signal.aborted) return;
    this.#decide();
    // Otherwise the other side could not tell a refusal from a crash.
    void this.#channel.send({
      type: "failure",
      serviceId: this.#options.serviceId,
      cause: `The connection is refused: ${reason}`,
    });
    void this.#channel.close();
    this.#options.refused(hello, reason);
  }

  #gone(error: Error | null): void {
    if (this.#decided.signal.aborted) return;
    this.#decide();
    // One that just goes away again has only looked whether somebody is there.
    if (error) this.#options.refused(null, error.message);
  }

  #decide(): void {
    this.#decided.abort();
    this.#onDecided();
  }
}
