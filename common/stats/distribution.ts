import { BucketSketch } from "./bucket_sketch.ts";
import { Column } from "./column.ts";
import { percentileBy } from "./percentile.ts";
import { compensatedSum, summarize, type Summary, summaryFrom } from "./summary.ts";

/**
 * Numbers of which a summary is wanted.
 *
 * Up to `mostExact` of them are kept one by one, and everything is exact. Of more only the
 * percentiles suffer: they come from buckets then, see `LARGEST_BUCKET_ERROR`. The same numbers in
 * the same order give the same summary.
 */
export class Distribution {
  readonly #mostExact: number;
  #column = new Column();
  #sketch: BucketSketch | null = null;

  /** `mostExact`: 1 or more. */
  constructor(mostExact: number) {
    this.#mostExact = mostExact;
  }

  /** How many numbers there are. */
  get length(): number {
    return this.#sketch?.count ?? this.#column.length;
  }

  /** Whether the percentiles are those of the numbers themselves. */
  get isExact(): boolean {
    return this.#sketch === null;
  }

  /** How many bytes `summarize` needs for its work. */
  get copyBytes(): number {
    return this.#column.copyBytes;
  }

  /** Adds a number. Throws a RangeError for NaN and the infinities. */
  push(value: number): void {
    if (this.#sketch === null && this.#column.length < this.#mostExact) {
      return this.#column.push(value);
    }
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot add to the distribution: it must be finite, got ${value}`);
    }
    this.#sketch ??= this.#moveOn();
    this.#sketch.add(value);
  }

  /**
   * Every statistic; null when there are no numbers.
   *
   * The work is done in `buffer`, which must hold `copyBytes`.
   */
  summarize(buffer = new ArrayBuffer(this.copyBytes)): Summary | null {
    const sketch = this.#sketch;
    if (sketch === null) return summarize(this.#column, buffer);
    const { count, min, max, sum, std } = sketch;
    const at = sketch.ranking();
    const percentile = (percent: number) => percentileBy(count, at, percent);
    return summaryFrom({ count, min, max, sum, std, percentile });
  }

  #moveOn(): BucketSketch {
    const numbers = this.#column.toArray();
    const mean = compensatedSum(numbers) / numbers.length;
    const sketch = new BucketSketch(numbers instanceof Uint32Array ? Math.round(mean) : mean);
    for (const value of numbers) sketch.add(value);
    this.#column = new Column();
    return sketch;
  }
}

/** The summaries of many distributions, with the memory for one copy of the largest. */
export function summarizeAll(distributions: readonly Distribution[]): (Summary | null)[] {
  const buffer = new ArrayBuffer(Math.max(0, ...distributions.map((one) => one.copyBytes)));
  return distributions.map((distribution) => distribution.summarize(buffer));
}
