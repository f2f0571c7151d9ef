import type { Clock } from "../../common/runtime/clock.ts";

/** After so many due times without a wait the event loop gets a turn: they take some milliseconds. */
const MOST_WITHOUT_TURN = 256;

/**
 * How long before it is due a credit goes out, so that it is in the worker's hands in time. The
 * worker waits for the exact moment.
 *
 * They differ so that the credits of some milliseconds go out together.
 */
export interface Lead {
  /** Nothing goes out earlier than that. */
  readonly mostNs: number;
  /** Whoever waits for the next due time wakes then. */
  readonly leastNs: number;
}

/** What stalls a process on a busy machine seldom takes longer. */
export const LEAD: Lead = { mostNs: 25e6, leastNs: 15e6 };

/** Every credit goes out when it is due. */
export const NO_LEAD: Lead = { mostNs: 0, leastNs: 0 };

/** Waits for due times. */
export interface Pacer {
  /**
   * Waits until `untilNs` (since the run's epoch), or until `signal` aborts.
   *
   * Returns null when there is nothing to wait for: `untilNs` has passed, and the event loop has had
   * a turn lately. What is due together can so be sent without a break.
   */
  pause(untilNs: number, signal: AbortSignal): Promise<void> | null;
}

/** Sleeps by the event loop's timer, which is a millisecond late. */
export class TimerPacer implements Pacer {
  readonly #clock: Clock;
  #withoutTurn = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pause(untilNs: number, signal: AbortSignal): Promise<void> | null {
    const hasPassed = untilNs <= this.#clock.nowNs();
    if (hasPassed && this.#withoutTurn++ < MOST_WITHOUT_TURN) return null;
    this.#withoutTurn = 0;
    return this.#pause(untilNs, signal);
  }

  async #pause(untilNs: number, signal: AbortSignal): Promise<void> {
    do {
      await this.#clock.sleep(Math.max(0, (untilNs - this.#clock.nowNs()) / 1e6), signal);
    } while (!signal.aborted && this.#clock.nowNs() < untilNs);
  }
}
