import type { Clock } from "./clock.ts";

/** Rings at an instant, or a little after it. */
export interface Alarm {
  /** Rings at `atNs` (since the run's epoch) in place of whatever was set before; null: not at all. */
  set(atNs: number | null): void;
  close(): void;
}

/** Rings by the event loop's timer: a millisecond late and more. */
export class TimerAlarm implements Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #pending = new AbortController();

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(atNs: number | null): void {
    this.#pending.abort(DISARMED);
    if (atNs === null) return;
    const { signal } = this.#pending = new AbortController();
    const leftMs = Math.max(0, (atNs - this.#clock.nowNs()) / 1e6);
    void this.#clock.sleep(leftMs, signal).then(() => {
      if (!signal.aborted) this.#ring();
    });
  }

  close(): void {
    this.#pending.abort(DISARMED);
  }
}

/** Nobody reads it: without a reason the runtime makes an exception with a stack, every time. */
const DISARMED = "another time was set";

/** Cells that both threads share: how often a time was set, and how often it has rung. */
const SET = 0;
const RUNG = 1;

/**
 * What the thread does: it sleeps until the time in `at`, counts a ring, and wakes the other side.
 *
 * As text, since a binary carries no other module than the program's own.
 */
const THREAD = `
self.onmessage = ({ data: { cells, at } }) => {
  self.postMessage(null);
  for (;;) {
    const set = Atomics.load(cells, ${SET});
    const leftMs = at[0] - (performance.timeOrigin + performance.now());
    if (leftMs > 0 && Atomics.wait(cells, ${SET}, set, leftMs) !== "timed-out") continue;
    if (Atomics.load(cells, ${SET}) !== set) continue;
    Atomics.add(cells, ${RUNG}, 1);
    Atomics.notify(cells, ${RUNG});
    Atomics.wait(cells, ${SET}, set);
  }
};`;

/**
 * Rings within about 0.1 ms, without a turn of the event loop being blocked: a thread of its own
 * sleeps until then.
 *
 * Until that thread is there, and if it cannot be made, the event loop's timer does it.
 */
export class ThreadAlarm implements Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  readonly #timer: TimerAlarm;
  readonly #cells = new Int32Array(new SharedArrayBuffer(8));
  /** Milliseconds since 1970. */
  readonly #at = new Float64Array(new SharedArrayBuffer(8));
  readonly #thread: Worker;
  #isReady = false;
  #isClosed = false;
  #setNs: number | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
    this.#timer = new TimerAlarm(clock, ring);
    this.#at[0] = Infinity;
    this.#thread = new Worker(`data:application/javascript,${encodeURIComponent(THREAD)}`, {
      type: "module",
    });
    this.#thread.onmessage = () => this.#takeOver();
    this.#thread.onerror = (event) => {
      event.preventDefault();
      this.#fallBack();
    };
    this.#thread.postMessage({ cells: this.#cells, at: this.#at });
  }

  /** Whether the thread keeps the time. */
  get isPrecise(): boolean {
    return this.#isReady;
  }

  set(atNs: number | null): void {
    this.#setNs = atNs;
    if (!this.#isReady) return this.#timer.set(atNs);
    const leftMs = atNs === null ? Infinity : (atNs - this.#clock.nowNs()) / 1e6;
    this.#at[0] = performance.timeOrigin + performance.now() + leftMs;
    Atomics.add(this.#cells, SET, 1);
    Atomics.notify(this.#cells, SET);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    this.#timer.close();
    this.#thread.terminate();
    // Whoever waits for a ring is let go.
    Atomics.add(this.#cells, RUNG, 1);
    Atomics.notify(this.#cells, RUNG);
  }

  #takeOver(): void {
    if (this.#isClosed) return;
    this.#isReady = true;
    this.#timer.close();
    void this.#listen();
    this.set(this.#setNs);
  }

  #fallBack(): void {
    if (this.#isClosed) return;
    this.#isReady = false;
    this.#timer.set(this.#setNs);
  }

  async #listen(): Promise<void> {
    let rung = 0;
    while (!this.#isClosed) {
      const { async, value } = Atomics.waitAsync(this.#cells, RUNG, rung);
      if (async) await value;
      // Before the ring, in which the alarm may be set and ring again.
      rung = Atomics.load(this.#cells, RUNG);
      if (!this.#isClosed) this.#ring();
    }
  }
}
