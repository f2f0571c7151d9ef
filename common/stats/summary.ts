import type { Statistic } from "../model/report.ts";
import type { Column } from "./column.ts";
import { percentileOfSorted } from "./percentile.ts";

/** Every statistic of a list of numbers. */
export type Summary = Readonly<Record<Statistic, number>>;

/**
 * Every statistic of a column; null when it is empty.
 *
 * `std` is that of the population (divided by n). Sums are compensated, so that millions of values
 * lose no digits; the percentiles interpolate linearly.
 */
export function summarize(column: Column): Summary | null {
  return summarizeAll([column])[0]!;
}

/** The same for many columns, with the memory for one copy of the largest. */
export function summarizeAll(columns: readonly Column[]): (Summary | null)[] {
  const scratch = new ArrayBuffer(Math.max(0, ...columns.map((column) => column.copyBytes)));
  return columns.map((column) =>
    column.length === 0 ? null : summarizeSorted(column.toArray(scratch).sort())
  );
}

function summarizeSorted(sorted: ArrayLike<number>): Summary {
  const count = sorted.length;
  const min = sorted[0]!;
  const max = sorted[count - 1]!;
  const sum = compensatedSum(sorted);
  // The division may round to just outside of what was measured.
  const avg = Math.min(Math.max(sum / count, min), max);
  const p = (percent: number) => percentileOfSorted(sorted, percent);
  return {
    avg,
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
    std: populationStd(sorted, avg),
    count,
    sum,
  };
}

/** The sum of numbers with the rounding error of every addition carried along (Neumaier). */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  return sum + lost;
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
