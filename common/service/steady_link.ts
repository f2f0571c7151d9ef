import type { Clock } from "../runtime/clock.ts";
import { describeError } from "../runtime/log.ts";
import type { Peer } from "./peer.ts";

/** A service that is started again is back within a second; one that is not is given so long. */
const PATIENCE_MS = 30_000;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

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
  readonly onUp: (peer: Peer) => void;
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
  #downNs: number | null = null;

  constructor(options: SteadyLinkOptions) {
    this.#options = options;
  }

  /** The other side; null while it is gone. */
  get peer(): Peer | null {
    return this.#peer;
  }

  /** Connects for the first time; rejects when the other side is not there. */
  async open(): Promise<void> {
    this.#use(await this.#options.connect());
  }

  #use(peer: Peer): void {
    const { clock, onUp } = this.#options;
    this.#peer = peer;
    this.#upNs = clock.nowNs();
    onUp(peer);
    void peer.channel.closed.then(() => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    const { clock, signal, onGivenUp, patienceMs = PATIENCE_MS } = this.#options;
    this.#peer = null;
    const nowNs = clock.nowNs();
    if (this.#downNs === null || nowNs - this.#upNs >= LASTING_NS) this.#downNs = nowNs;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) return;
      const attempt = await this.#attempt();
      if (attempt === null) return;
      if (clock.nowNs() - this.#downNs >= patienceMs * 1e6) return onGivenUp(attempt);
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
