import type { Command } from "../comms/messages.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeError } from "../runtime/log.ts";
import { NoAnswerError, type Peer } from "./peer.ts";

/** A service that is started again is back within a second; one that is not is given so long. */
const PATIENCE_MS = 30_000;

const FIRST_PAUSE_MS = 20;
/** At the end of a broken run, nobody waits much longer than this for what is to be sent again. */
const LONGEST_PAUSE_MS = 200;

/** A connection that lasted so long was no failed attempt. */
const LASTING_NS = 1e9;

/** What a link needs of its service. */
export interface SteadyLinkOptions {
  /** Makes one connection. */
  readonly connect: () => Promise<Peer>;
  readonly clock: Clock;
  /** Aborts when the service ends: then nothing is missed. */
  readonly signal: AbortSignal;
  /** Told of each connection, the first one included. */
  readonly onUp?: (peer: Peer) => void;
  /** Told when the other side has not come back. */
  readonly onGivenUp: (error: Error) => void;
  /** How long the other side may be gone. */
  readonly patienceMs?: number;
}

/** A connection to a service that may be started again: made anew each time it breaks. */
export class SteadyLink {
  readonly #options: SteadyLinkOptions;
  #peer: Peer | null = null;
  #upNs = 0;
  #downNs = 0;
  #givenUp: Error | null = null;
  /** Those who wait for the other side to come back. */
  #waiting: PromiseWithResolvers<void> | null = null;

  constructor(options: SteadyLinkOptions) {
    this.#options = options;
  }

  /** The other side; null while it is gone. */
  get peer(): Peer | null {
    return this.#peer;
  }

  /** Connects for the first time; rejects when the other side is not there and does not come. */
  async open(): Promise<void> {
    this.#downNs = this.#options.clock.nowNs();
    const error = await this.#attempt() && await this.#persist();
    if (error) throw error;
  }

  /**
   * Asks the other side to do something; asks again when it goes away before it has answered.
   *
   * `timeoutMs`: how long each answer may take. Rejects as `Peer.request()` does, and when the other
   * side has not come back or this service has ended.
   */
  async request(command: Command, timeoutMs: number): Promise<unknown> {
    for (;;) {
      const peer = this.#peer ?? await this.#comeBack();
      try {
        return await peer.request(command, timeoutMs);
      } catch (error) {
        if (!(error instanceof NoAnswerError && peer.isGone)) throw error;
      }
    }
  }

  async #comeBack(): Promise<Peer> {
    while (this.#peer === null) {
      if (this.#givenUp) throw this.#givenUp;
      if (this.#options.signal.aborted) throw new NoAnswerError("The service has ended");
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
    }
    return this.#peer;
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  #use(peer: Peer): void {
    const { clock, onUp } = this.#options;
    this.#peer = peer;
    this.#upNs = clock.nowNs();
    onUp?.(peer);
    this.#wake();
    void peer.channel.closed.then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    this.#peer = null;
    const nowNs = this.#options.clock.nowNs();
    if (nowNs - this.#upNs >= LASTING_NS) this.#downNs = nowNs;
    this.#givenUp = await this.#persist();
    // Also when the service has ended: nobody may wait any longer.
    this.#wake();
    if (this.#givenUp) this.#options.onGivenUp(this.#givenUp);
  }

  /** Tries until it succeeds or the service ends; then null, else why it has given up. */
  async #persist(): Promise<Error | null> {
    const { clock, signal, patienceMs = PATIENCE_MS } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) return null;
      const failure = await this.#attempt();
      if (failure === null) return null;
      if (clock.nowNs() - this.#downNs >= patienceMs * 1e6) return failure;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** null when it went well, or the service has ended in the meantime. */
  async #attempt(): Promise<Error | null> {
    try {
      const peer = await this.#options.connect();
      if (this.#options.signal.aborted) await peer.channel.close();
      else this.#use(peer);
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(describeError(error));
    }
  }
}
