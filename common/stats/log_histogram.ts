/** What is below counts as this; a nanosecond, if the numbers are milliseconds. */
const SMALLEST = 1e-6;

/** Buckets grow by so much. */
const STEP = Math.log(1.05);

/**
 * The distribution of any number of numbers from 0 on, in memory that does not grow with them.
 *
 * Percentiles are at most 5 % too high and never too low; the maximum is exact.
 */
export class LogHistogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #max = 0;

  /** How many numbers there are. */
  get count(): number {
    return this.#count;
  }

  /** The largest number; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  /** Adds a number; a negative one counts as 0. */
  add(value: number): void {
    const bucket = Math.ceil(Math.log(Math.max(value, SMALLEST) / SMALLEST) / STEP);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#max = Math.max(this.#max, value);
  }

  /** The number that `percent` of all are at most (nearest rank); 0 when there is none. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil(this.#count * percent / 100));
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(bucket)!;
      if (left <= 0) return Math.min(this.#max, SMALLEST * Math.exp(bucket * STEP));
    }
    return this.#max;
  }
}
