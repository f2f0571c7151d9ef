const SMALLEST = 1_024;
/** Fuller than that, and looking something up would take long. */
const FULLEST = 0.6;

/**
 * Numbers by names, of which only a hash of 64 bits is kept: some 20 bytes a name.
 *
 * Among ten million names two are taken for the same with a probability of 3 in a million.
 */
export class IdTable {
  #high = new Uint32Array(SMALLEST);
  #low = new Uint32Array(SMALLEST);
  /** One more than the number; 0: the place is free. */
  #values = new Uint32Array(SMALLEST);
  #size = 0;

  /** How many names there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a name; undefined when there is no such name. */
  get(name: string): number | undefined {
    const value = this.#values[this.#placeOf(hash(name, HIGH_SEED), hash(name, LOW_SEED))]!;
    return value === 0 ? undefined : value - 1;
  }

  /** Gives a name a number, 0 to 2^32 - 2. */
  set(name: string, value: number): void {
    if (this.#size >= FULLEST * this.#values.length) this.#grow();
    this.#put(hash(name, HIGH_SEED), hash(name, LOW_SEED), value + 1);
  }

  #put(high: number, low: number, value: number): void {
    const place = this.#placeOf(high, low);
    if (this.#values[place] === 0) this.#size++;
    this.#high[place] = high;
    this.#low[place] = low;
    this.#values[place] = value;
  }

  /** Where a hash is, or would go. */
  #placeOf(high: number, low: number): number {
    const mask = this.#values.length - 1;
    let place = low & mask;
    while (
      this.#values[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)
    ) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [high, low, values] = [this.#high, this.#low, this.#values];
    const length = 2 * values.length;
    this.#high = new Uint32Array(length);
    this.#low = new Uint32Array(length);
    this.#values = new Uint32Array(length);
    this.#size = 0;
    values.forEach((value, i) => {
      if (value !== 0) this.#put(high[i]!, low[i]!, value);
    });
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
