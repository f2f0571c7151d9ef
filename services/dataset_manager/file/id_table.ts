const SMALLEST = 1_024;
/** Numbers of a place. */
const WIDTH = 3;
/** Fuller than that, and looking something up would take long. */
const FULLEST = 0.6;

/**
 * Numbers by names, of which only a hash of 64 bits is kept: some 20 bytes a name.
 *
 * Among ten million names two are taken for the same with a probability of 3 in a million.
 */
export class IdTable {
  /**
   * Of each place the two halves of the hash and one more than the number; 0: the place is free.
   *
   * They stand together, as a look at them costs most when it has to wait for the memory.
   */
  #places = new Uint32Array(WIDTH * SMALLEST);
  #size = 0;

  /** How many names there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a name; undefined when there is no such name. */
  get(name: string): number | undefined {
    const place = this.#placeOf(hash(name, HIGH_SEED), hash(name, LOW_SEED));
    const value = this.#places[place + 2]!;
    return value === 0 ? undefined : value - 1;
  }

  /** Gives a name a number, 0 to 2^32 - 2. */
  set(name: string, value: number): void {
    if (this.#size >= FULLEST * this.#places.length / WIDTH) this.#grow();
    this.#put(hash(name, HIGH_SEED), hash(name, LOW_SEED), value + 1);
  }

  #put(high: number, low: number, value: number): void {
    const place = this.#placeOf(high, low);
    const places = this.#places;
    if (places[place + 2] === 0) this.#size++;
    places[place] = high;
    places[place + 1] = low;
    places[place + 2] = value;
  }

  /** Where a hash is, or would go. */
  #placeOf(high: number, low: number): number {
    const places = this.#places;
    const mask = places.length / WIDTH - 1;
    let at = low & mask;
    for (;;) {
      const place = WIDTH * at;
      const isFree = places[place + 2] === 0;
      if (isFree || (places[place] === high && places[place + 1] === low)) return place;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(2 * old.length);
    this.#size = 0;
    for (let place = 0; place < old.length; place += WIDTH) {
      const value = old[place + 2]!;
      if (value !== 0) this.#put(old[place]!, old[place + 1]!, value);
    }
  }
}

const HIGH_SEED = 0x9e3779b9;
const LOW_SEED = 0x85ebca6b;

function hash(text: string, seed: number): number {
  let state = seed;
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0xcc9e2d51);
    state = (state << 13) | (state >>> 19);
  }
  state = Math.imul(state ^ text.length ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
