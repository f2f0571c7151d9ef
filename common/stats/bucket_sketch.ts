import { RunningSum } from "./running_sum.ts";

/** So many binary digits of a number, after its first, decide on its bucket. */
const DIGITS = 10;
const BUCKETS_PER_PAGE = 1 << DIGITS;
const SIGN_BIT = 0x800;

/** How far a percentile is off at most, as a share of the true one: the width of a bucket. */
export const LARGEST_BUCKET_ERROR = 2 ** -DIGITS;

/** The buckets of the numbers of one sign from a power of two to the next. */
interface Page {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/**
 * The distribution of any number of numbers, in memory that depends on their range alone.
 *
 * A bucket holds what agrees in its sign, its power of two and ten binary digits, and stands for the
 * mean of what is in it. So numbers that recur, such as integers up to 2,047, keep their value, and
 * any other percentile is off by less than a thousandth. Count, sum, mean, deviation and extremes are
 * those of the numbers themselves. A page takes 16 KB: distributions have a few of them.
 */
export class BucketSketch {
  readonly #pages = new Map<number, Page>();
  readonly #float = new Float64Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  /** Deviations are taken from here, so that they are small. */
  readonly #pivot: number;
  readonly #deviations = new RunningSum();
  readonly #squares = new RunningSum();
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #lastKey = -1;
  #lastPage: Page | null = null;

  /**
   * `pivot`: about the mean of what will come; any number will do, but a bad one costs digits. An
   * integer if integers will come: then their sum is exact.
   */
  constructor(pivot = 0) {
    this.#pivot = pivot;
  }

  get count(): number {
    return this.#count;
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  get sum(): number {
    return this.#pivot * this.#count + this.#deviations.value;
  }

  /** The standard deviation of the population. */
  get std(): number {
    const count = this.#count;
    const deviations = this.#deviations.value;
    return Math.sqrt(Math.max(0, this.#squares.value - deviations * deviations / count) / count);
  }

  /** Adds a finite number. */
  add(value: number): void {
    this.#file(value);
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    const deviation = value - this.#pivot;
    this.#deviations.add(deviation);
    this.#squares.add(deviation * deviation);
  }

  /** What gives the number at a rank, from 0 to the count, as it is now. */
  ranking(): (rank: number) => number {
    const { ends, means } = this.#ascending();
    return (rank) => means[firstAbove(ends, rank)]!;
  }

  #file(value: number): void {
    // The negative zero is a zero.
    this.#float[0] = value + 0;
    const high = this.#bits[1]!;
    const slot = (high >>> (20 - DIGITS)) & (BUCKETS_PER_PAGE - 1);
    const key = high >>> 20;
    if (key !== this.#lastKey) this.#turnTo(key);
    const { counts, sums } = this.#lastPage!;
    counts[slot]!++;
    sums[slot]! += value;
  }

  #turnTo(key: number): void {
    let page = this.#pages.get(key);
    if (page === undefined) {
      const counts = new Float64Array(BUCKETS_PER_PAGE);
      this.#pages.set(key, page = { counts, sums: new Float64Array(BUCKETS_PER_PAGE) });
    }
    this.#lastKey = key;
    this.#lastPage = page;
  }

  /** Of each bucket in use, how many numbers are in it and below, and the mean of its own. */
  #ascending(): { readonly ends: readonly number[]; readonly means: readonly number[] } {
    const ends: number[] = [];
    const means: number[] = [];
    let end = 0;
    const keys = [...this.#pages.keys()].sort((a, b) => orderOf(a) - orderOf(b));
    for (const key of keys) {
      const { counts, sums } = this.#pages.get(key)!;
      for (let i = 0; i < BUCKETS_PER_PAGE; i++) {
        // The larger the digits of a negative number, the smaller it is.
        const slot = key < SIGN_BIT ? i : BUCKETS_PER_PAGE - 1 - i;
        const count = counts[slot]!;
        if (count === 0) continue;
        ends.push(end += count);
        means.push(Math.min(Math.max(sums[slot]! / count, this.#min), this.#max));
      }
    }
    return { ends, means };
  }
}

function orderOf(key: number): number {
  return key < SIGN_BIT ? key : -key;
}

/** The position of the first of ascending numbers that is above `value`. */
function firstAbove(ascending: readonly number[], value: number): number {
  let from = 0;
  let to = ascending.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! > value) to = middle;
    else from = middle + 1;
  }
  return from;
}
