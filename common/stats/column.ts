const SMALLEST_CHUNK = 256;
const LARGEST_CHUNK = 65_536;

/** The numbers of a column or of a part of it. */
export type Numbers = Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/**
 * A growing list of finite numbers that never moves what it holds.
 *
 * Numbers are kept in chunks of up to 65,536. A chunk of nothing but integers from 0 to 2^32 - 1
 * (token counts, most durations in nanoseconds) takes four bytes a number, any other chunk eight:
 * fifteen million gaps between chunks of text fit in 60 MB.
 */
export class Column {
  readonly #full: Numbers[] = [];
  #tail: Numbers = new Uint32Array(SMALLEST_CHUNK);
  #used = 0;
  #fullLength = 0;
  #compact = true;

  /** How many numbers there are. */
  get length(): number {
    return this.#fullLength + this.#used;
  }

  /** Adds a number. Throws a RangeError for NaN and the infinities. */
  push(value: number): void {
    if (this.#used === this.#tail.length) this.#grow();
    if (value >>> 0 !== value) this.#admit(value);
    this.#tail[this.#used++] = value;
  }

  /** How many bytes `toArray` needs. */
  get copyBytes(): number {
    return this.length * (this.#compact ? 4 : 8);
  }

  /**
   * A copy in order of arrival: a Uint32Array when every number fits one.
   *
   * The copy is made in `buffer`, which must hold `copyBytes`.
   */
  toArray(buffer: ArrayBuffer = new ArrayBuffer(this.copyBytes)): Numbers {
    const all = this.#compact
      ? new Uint32Array(buffer, 0, this.length)
      : new Float64Array(buffer, 0, this.length);
    let offset = 0;
    for (const chunk of this.#full) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    all.set(this.#tail.subarray(0, this.#used), offset);
    return all;
  }

  #grow(): void {
    this.#full.push(this.#tail);
    this.#fullLength += this.#used;
    this.#used = 0;
    this.#tail = new Uint32Array(Math.min(LARGEST_CHUNK, this.#fullLength));
  }

  /** Makes room for a value that is not a small integer. */
  #admit(value: number): void {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot add to the column: the value must be finite, got ${value}`);
    }
    if (this.#tail instanceof Float64Array) return;
    const wide = new Float64Array(this.#tail.length);
    wide.set(this.#tail.subarray(0, this.#used));
    this.#tail = wide;
    this.#compact = false;
  }
}
