import { STRETCH_MS } from "../../common/runtime/work_queue.ts";

/** The time functions a {@linkcode DeadlineQueue} needs, so that it can be tested without waiting. */
export interface DeadlineTimer {
  /** Milliseconds on any steady scale, with fractions. */
  nowMs(): number;
  /** Calls `fire` after about `delayMs` (whole milliseconds, at least 0); the result cancels it. */
  start(delayMs: number, fire: () => void): () => void;
  /** Blocks the thread for `delayMs`, at most a millisecond. */
  pause(delayMs: number): void;
  /** Calls `run` when what has come over sockets has been seen. */
  turn(run: () => void): void;
}

/** Without a turn of the event loop for so long, the timer's next call begins with one. */
const MOST_WITHOUT_TURN_MS = 2;

/** Something to do at a time; an object may be in the queue once. */
export interface Deadline {
  dueMs: number;
  onDue(): void;
}

/** The longest the thread is blocked to meet a deadline that the timer's coarse steps came too early for. */
const LONGEST_PAUSE_MS = 1;

/**
 * All deadlines of the server on one timer: nothing is done before it is due, and all that is due is
 * done in the same wake-up, in order of due times. When that takes long, what comes over sockets
 * meanwhile is seen every half a millisecond.
 *
 * The event loop's timer has steps of a millisecond and is 1.2 ms late on average. So it is asked for
 * the last whole millisecond before the deadline, and the rest, if any, is slept out on the thread. That
 * happens only under light load: when deadlines are dense the wake-up finds its deadline passed.
 */
export class DeadlineQueue {
  readonly #timer: DeadlineTimer;
  readonly #heap: Deadline[] = [];
  #armedForMs = Infinity;
  #cancel: (() => void) | null = null;
  #inWake = false;
  /** Whether it goes on after a turn of the event loop. */
  #isPaused = false;
  /** When it had the last turn that it asked for. */
  #turnMs = -Infinity;

  constructor(timer: DeadlineTimer) {
    this.#timer = timer;
  }

  /** How many deadlines wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Adds a deadline; one that has passed is done by the next wake-up. */
  add(deadline: Deadline): void {
    siftUp(this.#heap, this.#heap.push(deadline) - 1);
    if (!this.#inWake && !this.#isPaused) this.#arm();
  }

  /** Does what is due now, for whoever keeps the timer from firing. */
  catchUp(): void {
    const first = this.#heap[0];
    if (first !== undefined && first.dueMs <= this.#timer.nowMs()) this.#doDue();
  }

  /** Forgets all deadlines. */
  clear(): void {
    this.#heap.length = 0;
    this.#disarm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs >= this.#armedForMs) return;
    this.#disarm();
    this.#armedForMs = first.dueMs;
    const delayMs = Math.max(0, Math.floor(first.dueMs - this.#timer.nowMs()));
    this.#cancel = this.#timer.start(delayMs, () => this.#wake());
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#armedForMs = Infinity;
  }

  #wake(): void {
    this.#cancel = null;
    this.#armedForMs = Infinity;
    if (this.#isPaused) return;
    // A timer that is due again at the end of its call is called again before sockets are looked at.
    if (this.#timer.nowMs() - this.#turnMs < MOST_WITHOUT_TURN_MS) this.#meet();
    else this.#goOnAfterTurn(() => this.#meet());
  }

  /** Meets the next deadline to the point, and does all that is due then. */
  #meet(): void {
    this.#sleepOut(this.#heap[0]?.dueMs ?? Infinity);
    this.#doDue();
  }

  #doDue(): void {
    if (this.#isPaused) return;
    const endMs = this.#timer.nowMs() + STRETCH_MS;
    this.#inWake = true;
    try {
      for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
        const nowMs = this.#timer.nowMs();
        if (first.dueMs > nowMs) break;
        if (nowMs >= endMs) return this.#goOnAfterTurn(() => this.#doDue());
        popFirst(this.#heap);
        first.onDue();
      }
    } finally {
      this.#inWake = false;
      if (!this.#isPaused) this.#arm();
    }
  }

  #goOnAfterTurn(goOn: () => void): void {
    this.#isPaused = true;
    this.#timer.turn(() => {
      this.#turnMs = this.#timer.nowMs();
      this.#isPaused = false;
      goOn();
    });
  }

  /** A pause may end a little early, so what is left is slept again. */
  #sleepOut(dueMs: number): void {
    let aheadMs = dueMs - this.#timer.nowMs();
    while (aheadMs > 0 && aheadMs <= LONGEST_PAUSE_MS) {
      this.#timer.pause(aheadMs);
      aheadMs = dueMs - this.#timer.nowMs();
    }
  }
}

function siftUp(heap: Deadline[], at: number): void {
  const item = heap[at]!;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]!.dueMs <= item.dueMs) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function popFirst(heap: Deadline[]): void {
  const item = heap.pop()!;
  const size = heap.length;
  if (size === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1]!.dueMs < heap[child]!.dueMs) child++;
    if (heap[child]!.dueMs >= item.dueMs) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}
