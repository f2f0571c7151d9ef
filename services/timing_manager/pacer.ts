import type { Clock } from "../../common/runtime/clock.ts";

/**
 * Timers here are whole milliseconds and 1.3 ms late, seldom more than 3: a coarse sleep ends so
 * long before the due time.
 */
const COARSE_MARGIN_NS = 4e6;
/** A blocked thread wakes so much late (p50); the rest is spun. */
const WAKE_UP_NS = 120e3;
/** While one due time follows another, the event loop gets a turn after so long. */
const TURN_EVERY_NS = 1e6;

/** Waits for due times. */
export interface Pacer {
  /**
   * Waits until `dueNs` (since the run's epoch), or until `signal` aborts.
   *
   * Returns null when there is nothing to wait for: `dueNs` has passed, and the event loop has had
   * a turn lately. All that is due together can so be sent without a break.
   */
  pause(dueNs: number, signal: AbortSignal): Promise<void> | null;
}

/** The means by which a thread waits. */
export interface Waiting {
  /** Blocks the thread for about `ms` (a fraction is fine); nothing else runs meanwhile. */
  block(ms: number): void;
  /** Lets the event loop go round, so that sockets are read and written. */
  turn(): Promise<void>;
}

/**
 * Hits due times to about 0.1 ms with little processor time; never early.
 *
 * The event loop gets a turn first. Then a timer sleeps to a few milliseconds before the due time
 * (when that is not near anyway), the thread blocks, and spins for the last 0.1 ms. So sockets are
 * left alone for 5 ms at most, never across two due times, and never while a credit waits for a
 * return.
 */
export class PrecisePacer implements Pacer {
  readonly #clock: Clock;
  readonly #waiting: Waiting;
  #lastTurnNs = -Infinity;

  constructor(clock: Clock, waiting: Waiting) {
    this.#clock = clock;
    this.#waiting = waiting;
  }

  pause(dueNs: number, signal: AbortSignal): Promise<void> | null {
    const nowNs = this.#clock.nowNs();
    if (dueNs <= nowNs && nowNs - this.#lastTurnNs < TURN_EVERY_NS) return null;
    return this.#pause(dueNs, signal);
  }

  async #pause(dueNs: number, signal: AbortSignal): Promise<void> {
    await this.#waiting.turn();
    let coarseMs = this.#coarseMs(dueNs);
    while (coarseMs > 0 && !signal.aborted) {
      await this.#clock.sleep(coarseMs, signal);
      coarseMs = this.#coarseMs(dueNs);
    }
    this.#lastTurnNs = this.#clock.nowNs();
    if (!signal.aborted) this.#blockUntil(dueNs);
  }

  #coarseMs(dueNs: number): number {
    return Math.floor((dueNs - this.#clock.nowNs() - COARSE_MARGIN_NS) / 1e6);
  }

  #blockUntil(dueNs: number): void {
    const leftNs = dueNs - this.#clock.nowNs() - WAKE_UP_NS;
    if (leftNs > 0) this.#waiting.block(leftNs / 1e6);
    while (this.#clock.nowNs() < dueNs);
  }
}

/**
 * Sleeps by the event loop's timer, which is a millisecond late, and never blocks: for loops in
 * which the next request waits for an answer rather than for a time.
 */
export class TimerPacer implements Pacer {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pause(dueNs: number, signal: AbortSignal): Promise<void> | null {
    const leftNs = dueNs - this.#clock.nowNs();
    return leftNs > 0 ? this.#clock.sleep(leftNs / 1e6, signal) : null;
  }
}
