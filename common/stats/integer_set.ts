const PAGE_BITS = 1 << 16;

/**
 * A set of integers from 0 to 2^53 - 1 that takes about a bit each when they are dense.
 *
 * A million request ids take 128 KB; a lone huge one takes a page of 8 KB.
 */
export class IntegerSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  /** How many integers are in the set. */
  get size(): number {
    return this.#size;
  }

  /** Adds an integer; false when it was there already. */
  add(value: number): boolean {
    const page = this.#page(Math.floor(value / PAGE_BITS));
    const bit = value % PAGE_BITS;
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    if ((page[word]! & mask) !== 0) return false;
    page[word]! |= mask;
    this.#size++;
    return true;
  }

  #page(index: number): Uint32Array {
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = new Uint32Array(PAGE_BITS / 32);
      this.#pages.set(index, page);
    }
    return page;
  }
}
