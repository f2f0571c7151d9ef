const CHUNK = 65_536;

/** The kinds of arrays that numbers are kept in. */
type NumberArray = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * A growing list of numbers that never moves what it holds, in chunks of 65,536.
 *
 * `kind`: `double` takes any number (8 bytes), `count` whole numbers below 2^32 (4 bytes). A chunk in
 * which all is blank, NaN or 0, takes no memory.
 */
export class NumberList {
  readonly #kind: "double" | "count";
  readonly #blank: number;
  readonly #chunks: (NumberArray | null)[] = [];
  #length = 0;

  constructor(kind: "double" | "count") {
    this.#kind = kind;
    this.#blank = kind === "double" ? NaN : 0;
  }

  /** How many numbers there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a number. */
  push(value: number): void {
    const at = this.#length++;
    if (at % CHUNK === 0) this.#chunks.push(null);
    if (!Object.is(value, this.#blank)) this.set(at, value);
  }

  /** The number at `index`, which must be below `length`. */
  at(index: number): number {
    return this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] ?? this.#blank;
  }

  /** Puts a number in the place of another. */
  set(index: number, value: number): void {
    const chunk = this.#chunks[Math.floor(index / CHUNK)] ??= this.#newChunk();
    chunk[index % CHUNK] = value;
  }

  #newChunk(): NumberArray {
    return this.#kind === "double" ? new Float64Array(CHUNK).fill(NaN) : new Uint32Array(CHUNK);
  }
}
