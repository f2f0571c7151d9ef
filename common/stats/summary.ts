import type { Statistic } from "../model/report.ts";
import type { Column } from "./column.ts";
import { percentileOfSorted } from "./percentile.ts";
import { RunningSum } from "./running_sum.ts";

/** Every statistic of a list of numbers. */
export type Summary = Readonly<Record<Statistic, number>>;

/** What a summary is put together from. */
export interface SummaryParts {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly std: number;
  /** `percent`: 0 to 100. */
  readonly percentile: (percent: number) => number;
}

/**
 * Every statistic of a column; null when it is empty.
 *
 * `std` is that of the population (divided by n). Sums are compensated, so that millions of values
 * lose no digits; the percentiles interpolate linearly. The work is done in `buffer`, which must
 * hold `copyBytes` of the column.
 */
export function summarize(
  column: Column,
  buffer = new ArrayBuffer(column.copyBytes),
): Summary | null {
  return column.length === 0 ? null : summarizeSorted(column.toArray(buffer).sort());
}

/** Puts a summary together. */
export function summaryFrom({ count, min, max, sum, std, percentile: p }: SummaryParts): Summary {
  return {
    avg: meanOf({ sum, count, min, max }),
    min,
    max,
    p1: p(1),
    p5: p(5),
    p10: p(10),
    p25: p(25),
    p50: p(50),
    p75: p(75),
    p90: p(90),
    p95: p(95),
    p99: p(99),
    std,
    count,
    sum,
  };
}

/** The division may round to just outside of what was measured. */
function meanOf({ sum, count, min, max }: Omit<SummaryParts, "std" | "percentile">): number {
  return Math.min(Math.max(sum / count, min), max);
}

function summarizeSorted(sorted: ArrayLike<number>): Summary {
  const count = sorted.length;
  const parts = { count, min: sorted[0]!, max: sorted[count - 1]!, sum: compensatedSum(sorted) };
  return summaryFrom({
    ...parts,
    std: populationStd(sorted, meanOf(parts)),
    percentile: (percent) => percentileOfSorted(sorted, percent),
  });
}

/** The sum of numbers with the rounding error of every addition carried along (Neumaier). */
export function compensatedSum(values: ArrayLike<number>): number {
  const sum = new RunningSum();
  for (let i = 0; i < values.length; i++) sum.add(values[i]!);
  return sum.value;
}

/** Second pass over deviations from `mean`, corrected for the rounding of `mean` itself. */
function populationStd(values: ArrayLike<number>, mean: number): number {
  let squares = 0;
  let lost = 0;
  let deviations = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - mean;
    deviations += deviation;
    const square = deviation * deviation - lost;
    const next = squares + square;
    lost = (next - squares) - square;
    squares = next;
  }
  const count = values.length;
  return Math.sqrt(Math.max(0, squares - deviations * deviations / count) / count);
}
