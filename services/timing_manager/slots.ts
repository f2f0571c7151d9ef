/** How many may be taken at the same time, and how they open. */
export interface SlotsOptions {
  /** At least 1. */
  readonly limit: number;
  /** The slots open one after the other over so long, in even steps; 0: all at once. */
  readonly rampMs: number;
  /** When the first of them opens, in nanoseconds since the run's epoch. */
  readonly startNs: number;
}

/**
 * A limit on what goes on at the same time, as slots that are taken and given back.
 *
 * Slot `k` of `n` opens at `start + k / (n − 1) · ramp`: one at the start, all at the end of it.
 */
export class Slots {
  readonly #limit: number;
  readonly #stepNs: number;
  readonly #startNs: number;
  #opened = 0;
  /** Since when each slot that was given back is free, the longest first; from `#head` on. */
  #freed: number[] = [];
  #head = 0;

  constructor({ limit, rampMs, startNs }: SlotsOptions) {
    this.#limit = limit;
    this.#stepNs = limit === 1 ? 0 : rampMs * 1e6 / (limit - 1);
    this.#startNs = startNs;
  }

  /** When the next slot to be taken became or becomes free; null: when one is given back. */
  get nextFreeNs(): number | null {
    const freedNs = this.#freed[this.#head];
    const openingNs = this.#openingNs;
    if (freedNs === undefined) return openingNs;
    return openingNs === null ? freedNs : Math.min(freedNs, openingNs);
  }

  /** How many could be taken one after the other at an instant. */
  countFree(atNs: number): number {
    let count = 0;
    for (let i = this.#head; i < this.#freed.length; i++) if (this.#freed[i]! <= atNs) count++;
    for (let i = this.#opened; i < this.#limit && this.#opensNs(i) <= atNs; i++) count++;
    return count;
  }

  /** Takes the slot that `nextFreeNs` tells of. */
  take(): void {
    const freedNs = this.#freed[this.#head];
    const openingNs = this.#openingNs;
    if (freedNs === undefined && openingNs === null) throw new Error("no slot is free");
    if (freedNs === undefined || (openingNs !== null && openingNs < freedNs)) {
      this.#opened++;
      return;
    }
    this.#head++;
    if (this.#head === this.#freed.length) this.#forget();
    else if (this.#head > 1_000 && this.#head * 2 > this.#freed.length) this.#forget();
  }

  /** Gives a slot back. */
  giveBack(nowNs: number): void {
    this.#freed.push(nowNs);
  }

  get #openingNs(): number | null {
    if (this.#opened === this.#limit) return null;
    return this.#opensNs(this.#opened);
  }

  #opensNs(index: number): number {
    return this.#startNs + Math.round(index * this.#stepNs);
  }

  #forget(): void {
    this.#freed = this.#freed.slice(this.#head);
    this.#head = 0;
  }
}
