import { Slots, type SlotsOptions } from "./slots.ts";

/** A limit on the requests that have no first token yet. */
export class PrefillLimit {
  readonly #slots: Slots;
  readonly #waiting = new Set<number>();

  constructor(options: SlotsOptions) {
    this.#slots = new Slots(options);
  }

  /** When another request may be sent; null: when a first token has come. */
  get nextFreeNs(): number | null {
    return this.#slots.nextFreeNs;
  }

  /** How many requests could be sent at an instant. */
  countFree(atNs: number): number {
    return this.#slots.countFree(atNs);
  }

  /** A request has been sent. */
  enter(creditId: number): void {
    this.#slots.take();
    this.#waiting.add(creditId);
  }

  /** A request has its first token, or has ended; only the first time counts. */
  leave(creditId: number, nowNs: number): void {
    if (this.#waiting.delete(creditId)) this.#slots.giveBack(nowNs);
  }
}
