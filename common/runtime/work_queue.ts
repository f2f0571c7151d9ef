/** Where work finds its time. */
export interface Turns {
  /** Milliseconds on any steady scale, with fractions. */
  nowMs(): number;
  /** Calls `run` behind what is ready to run already, but before anything that comes after. */
  soon(run: () => void): void;
  /** Calls `run` when nothing else is ready to run. */
  later(run: () => void): void;
  /** Calls `run` when what has come over sockets has been seen. */
  next(run: () => void): void;
}

/** So long is worked before the event loop gets a turn, which takes a tenth of that. */
export const STRETCH_MS = 0.5;

/** Who never comes to the end must not keep all that is done. */
const MOST_DONE_KEPT = 1000;

/**
 * Work that waits until all that has come with it has been noted.
 *
 * Many reads may resolve in one turn of the event loop. Each is stamped first thing and leaves its work
 * here. That begins behind the stamps of the others, and pauses every half a millisecond for a turn of
 * the event loop, so that what has come meanwhile is stamped before the work goes on.
 */
export class WorkQueue {
  readonly #turns: Turns;
  /** Called after each pause, before the work goes on. */
  readonly #afterPause: () => void;
  #waiting: (() => void)[] = [];
  /** How many of those that wait are done. */
  #done = 0;
  #isAwake = false;
  #isHeldOff = false;

  constructor(turns: Turns, afterPause: () => void = () => {}) {
    this.#turns = turns;
    this.#afterPause = afterPause;
  }

  /** Adds work, to be done after all that was added before; it must not throw. */
  add(work: () => void): void {
    this.#waiting.push(work);
    if (this.#isAwake || this.#isHeldOff) return;
    this.#isAwake = true;
    this.#turns.soon(() => this.#stretch());
  }

  /** Has work that comes now wait until nothing else is ready to run. */
  holdOff(): void {
    if (this.#isAwake || this.#isHeldOff) return;
    this.#isHeldOff = true;
    this.#turns.later(() => {
      this.#isHeldOff = false;
      if (this.#waiting.length === 0) return;
      this.#isAwake = true;
      this.#stretch();
    });
  }

  #stretch(): void {
    const endMs = this.#turns.nowMs() + STRETCH_MS;
    do this.#waiting[this.#done++]!(); while (
      this.#done < this.#waiting.length && this.#turns.nowMs() < endMs
    );
    if (this.#done >= MOST_DONE_KEPT) {
      this.#waiting.splice(0, this.#done);
      this.#done = 0;
    }
    if (this.#done < this.#waiting.length) return this.#turns.next(() => this.#goOn());
    this.#waiting = [];
    this.#done = 0;
    this.#isAwake = false;
  }

  #goOn(): void {
    this.#afterPause();
    this.#stretch();
  }
}
