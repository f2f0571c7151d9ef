import type { Clock } from "./clock.ts";
import { UNREAD_REASON } from "./unread_reason.ts";

/** Rings at an instant, or a little after it. */
export interface Alarm {
  /**
   * Rings at `atNs` (since the run's epoch) in place of whatever was set before; null: not at all.
   *
   * `thenNs`: when it may ring once more if it is not set anew until then. Who knows the time after
   * the next one saves a system call.
   */
  set(atNs: number | null, thenNs?: number | null): void;
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
    this.#pending.abort(UNREAD_REASON);
    if (atNs === null) return;
    const { signal } = this.#pending = new AbortController();
    void this.#ringAt(atNs, signal);
  }

  /** The event loop's timer may come some tenths of a millisecond early. */
  async #ringAt(atNs: number, signal: AbortSignal): Promise<void> {
    do {
      await this.#clock.sleep(Math.max(0, (atNs - this.#clock.nowNs()) / 1e6), signal);
    } while (!signal.aborted && this.#clock.nowNs() < atNs);
    if (!signal.aborted) this.#ring();
  }

  close(): void {
    this.#pending.abort(UNREAD_REASON);
  }
}

/** Cells that both threads share: how often times were set, and how often it has rung. */
const SET = 0;
const RUNG = 1;
/**
 * Times that both threads share: the next, the one after it, what the thread sleeps for, and when it
 * last rang.
 */
const NEXT = 0;
const THEN = 1;
const TARGET = 2;
const RANG = 3;

/**
 * What the thread does: it sleeps until the next time, counts a ring and wakes the other side, then
 * does the same for the time after it, unless both have been set anew.
 *
 * Who sets times writes them first and counts then; the thread reads the count first, and does not
 * fall asleep when it has changed since. So no time is missed, and the thread has to be woken only
 * for one that comes before what it sleeps for.
 *
 * As text, since a binary carries no other module than the program's own.
 */
const THREAD = `
self.onmessage = ({ data: { cells, times } }) => {
  self.postMessage(null);
  let known = -1;
  let rings = 0;
  for (;;) {
    const set = Atomics.load(cells, ${SET});
    if (set !== known) rings = 0;
    known = set;
    const at = rings === 0 ? times[${NEXT}] : rings === 1 ? times[${THEN}] : Infinity;
    const leftMs = at - (performance.timeOrigin + performance.now());
    times[${TARGET}] = at;
    if (leftMs > 0 && Atomics.wait(cells, ${SET}, set, leftMs) !== "timed-out") continue;
    if (Atomics.load(cells, ${SET}) !== set) continue;
    rings++;
    times[${RANG}] = performance.timeOrigin + performance.now();
    Atomics.add(cells, ${RUNG}, 1);
    Atomics.notify(cells, ${RUNG});
  }
};`;

/** The same time, computed twice from the clock, differs by less. */
const SAME_MS = 0.02;

/** A thread that rang in the future by more than that has another clock than we have. */
const AHEAD_MS = 0.05;

/** So many rings are taken in a row without a turn of the event loop. */
const MOST_AT_ONCE = 8;

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
  readonly #times = new Float64Array(new SharedArrayBuffer(32)).fill(Infinity);
  /** null: the system had none to spare. */
  readonly #thread: Worker | null;
  #isReady = false;
  #isClosed = false;
  #setNs: number | null = null;
  #thenNs: number | null = null;
  /** How much more the thread's clock shows than ours: nothing, unless the system's was set. */
  #aheadMs = 0;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
    this.#timer = new TimerAlarm(clock, ring);
    this.#thread = newThread();
    if (this.#thread === null) return;
    this.#thread.onmessage = () => this.#takeOver();
    this.#thread.onerror = (event) => {
      event.preventDefault();
      this.#fallBack();
    };
    this.#thread.postMessage({ cells: this.#cells, times: this.#times });
  }

  /** Whether the thread keeps the time. */
  get isPrecise(): boolean {
    return this.#isReady;
  }

  set(atNs: number | null, thenNs: number | null = null): void {
    this.#setNs = atNs;
    this.#thenNs = thenNs;
    if (!this.#isReady) return this.#timer.set(atNs);
    const nowMs = this.#threadMs();
    const nowNs = this.#clock.nowNs();
    const ms = (ns: number | null) => ns === null ? Infinity : nowMs + (ns - nowNs) / 1e6;
    this.#times[NEXT] = ms(atNs);
    this.#times[THEN] = ms(thenNs);
    Atomics.add(this.#cells, SET, 1);
    if (this.#times[NEXT]! < this.#times[TARGET]! - SAME_MS) Atomics.notify(this.#cells, SET);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    this.#timer.close();
    this.#thread?.terminate();
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

  /** What the thread's clock shows, in milliseconds since 1970. */
  #threadMs(): number {
    return performance.timeOrigin + performance.now() + this.#aheadMs;
  }

  async #listen(): Promise<void> {
    let rung = 0;
    let atOnce = 0;
    while (!this.#isClosed) {
      const { async, value } = Atomics.waitAsync(this.#cells, RUNG, rung);
      atOnce = async ? 0 : atOnce + 1;
      if (async) await value;
      else if (atOnce > MOST_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 0));
      // Before the ring, in which the alarm may be set and ring again.
      rung = Atomics.load(this.#cells, RUNG);
      if (this.#isClosed) return;
      this.#noteAhead();
      // The system's clock was set since the process began: the thread knows another time.
      if (this.#isEarly) this.set(this.#setNs, this.#thenNs);
      else this.#ring();
    }
  }

  get #isEarly(): boolean {
    return this.#setNs !== null && this.#setNs - this.#clock.nowNs() > AHEAD_MS * 1e6;
  }

  /** It cannot have rung later than now: or else it would ring too early again and again. */
  #noteAhead(): void {
    const aheadMs = this.#times[RANG]! - this.#threadMs();
    if (aheadMs > AHEAD_MS) this.#aheadMs += aheadMs;
  }
}

function newThread(): Worker | null {
  try {
    return new Worker(`data:application/javascript,${encodeURIComponent(THREAD)}`, {
      type: "module",
    });
  } catch {
    return null;
  }
}
