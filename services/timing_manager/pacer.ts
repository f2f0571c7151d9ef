import type { Clock } from "../../common/runtime/clock.ts";

/** After so many due times without a wait the event loop gets a turn: they take some milliseconds. */
const MOST_WITHOUT_TURN = 256;

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
