const CHUNK = 65_536;

/** The kinds of arrays that numbers are kept in. */
type NumberArray = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * A growing list of numbers that never moves what it holds, in chunks of 65,536.
 *
 * `kind`: `double` takes any number (8 bytes), `count` whole numbers below 2^32 (4 bytes).
 */
export class NumberList {
  readonly #kind: "double" | "count";
  readonly #chunks: NumberArray[] = [];
  #length = 0;

  constructor(kind: "double" | "count") {
    this.#kind = kind;
  }

  /** How many numbers there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a number. */
  push(value: number): void {
    const at = this.#length % CHUNK;
    if (at === 0) this.#chunks.push(this.#newChunk());
    this.#chunks.at(-1)![at] = value;
    this.#length++;
  }

  /** The number at `index`, which must be below `length`. */
  at(index: number): number {
    return this.#chunks[Math.floor(index / CHUNK)]![index % CHUNK]!;
  }

  /** Puts a number in the place of another. */
  set(index: number, value: number): void {
    this.#chunks[Math.floor(index / CHUNK)]![index % CHUNK] = value;
  }

  #newChunk(): NumberArray {
    return this.#kind === "double" ? new Float64Array(CHUNK) : new Uint32Array(CHUNK);
  }
}
