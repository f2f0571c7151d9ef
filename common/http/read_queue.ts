import type { Turns } from "../runtime/work_queue.ts";

/** So long is worked before the event loop gets a turn, which takes less than a tenth of that. */
const STRETCH_MS = 1;

/**
 * So many reads are worked on side by side. What their work sends to other processes then goes out
 * together: one by one, a request takes half as much processor time again.
 */
const GROUP = 8;

/**
 * So many microtasks it takes from a read to the end of the work on it, or to where that waits. With
 * fewer the groups would overlap and stretches get longer; nothing else depends on it.
 */
const WORK_HOPS = 12;

/**
 * Has what was read worked on in the order in which it came, behind the time stamps of all of it.
 *
 * A turn of the event loop may bring hundreds of reads. Each is stamped first thing and waits here
 * until it is its turn. Every millisecond the event loop gets a turn, so that what has come meanwhile
 * is stamped, too, before the work goes on: without that, of 500 streams the last would be stamped
 * as late as the work on all others takes.
 */
export class ReadQueue {
  readonly #turns: Turns;
  /** Called before the work on each group. */
  readonly #between: () => void;
  readonly #waiting: (() => void)[] = [];
  #isAwake = false;

  constructor(turns: Turns, between: () => void = () => {}) {
    this.#turns = turns;
    this.#between = between;
  }

  /** Whether reads wait to be worked on. */
  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the work on a read may begin; reads are taken in the order of their calls. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#isAwake) return;
      this.#isAwake = true;
      void this.#work();
    });
  }

  /** Resolves when what has come over sockets has been seen. */
  nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#turns.next(resolve));
  }

  async #work(): Promise<void> {
    await hops(1);
    let endMs = this.#turns.nowMs() + STRETCH_MS;
    while (this.#waiting.length > 0) {
      if (this.#turns.nowMs() >= endMs) {
        await this.nextTurn();
        endMs = this.#turns.nowMs() + STRETCH_MS;
      }
      this.#between();
      for (const begin of this.#waiting.splice(0, GROUP)) begin();
      await hops(WORK_HOPS);
    }
    this.#isAwake = false;
  }
}

/** Lets what is ready go on, a step at a time. */
async function hops(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}
