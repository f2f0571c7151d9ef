/** A source of time, so that what computes with time can be tested without waiting for it. */
export interface Clock {
  /** Nanoseconds since the run's epoch. */
  nowNs(): number;
  /** Resolves about `ms` milliseconds later, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time that the event loop's timer takes; it would fire at once after a longer one. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock: monotonic within a process, comparable between processes of one host. */
export class SystemClock implements Clock {
  readonly #offsetMs: number;

  /** `epochUnixMs`: the run's zero, whole milliseconds since 1970. */
  constructor(epochUnixMs: number) {
    this.#offsetMs = performance.timeOrigin - epochUnixMs;
  }

  /** Whole nanoseconds since the run's epoch. */
  nowNs(): number {
    return Math.round((this.#offsetMs + performance.now()) * 1e6);
  }

  /** Sleeps by the event loop's timer, which is about a millisecond late. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, MAX_TIMER_MS));
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

/** How often both clocks are read: held up between the two, the process finds too little. */
const LOOKS = 5;

/** What reading them one after the other, the first in whole milliseconds, makes of nothing. */
const UNSURE_MS = 3;

/**
 * How much further the system's clock is than this process has counted since it began, in whole ms; 0
 * unless that clock was set, or the machine slept.
 *
 * A process that is started now begins to count at what the system's clock shows now: the run's zero
 * is by so much later for it.
 */
export function clockStepMs(
  wallMs: () => number = Date.now,
  countedMs: () => number = () => performance.timeOrigin + performance.now(),
): number {
  let stepMs = -Infinity;
  for (let i = 0; i < LOOKS; i++) stepMs = Math.max(stepMs, wallMs() - countedMs());
  return Math.abs(stepMs) <= UNSURE_MS ? 0 : Math.round(stepMs);
}
