import { studentTCritical } from "./student_t.ts";
import { compensatedSum } from "./summary.ts";

/** What several measurements of the same thing say together. */
export interface Spread {
  readonly n: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** null: one measurement says nothing about how far it can be trusted. */
  readonly precision: Precision | null;
}

/** How far measurements differ, and how sure their mean is. */
export interface Precision {
  /** Of the sample (divided by n − 1). */
  readonly std: number;
  /** Coefficient of variation, `std / |mean|`; Infinity when the mean is 0. */
  readonly cv: number;
  /** Standard error of the mean, `std / √n`. */
  readonly se: number;
  /** Student's t for n − 1 degrees of freedom. */
  readonly tCritical: number;
  /** The confidence interval of the mean, `mean ± tCritical · se`. */
  readonly ciLow: number;
  readonly ciHigh: number;
}

/**
 * The mean of independent measurements and its confidence interval by Student's t.
 *
 * `confidence`: above 0 and below 1. Throws a RangeError for no values and another `confidence`.
 */
export function spreadOf(values: readonly number[], confidence: number): Spread {
  const n = values.length;
  if (n === 0) throw new RangeError("Cannot take the spread of no values");
  const min = Math.min(...values);
  const max = Math.max(...values);
  // The division may round to just outside of what was measured.
  const mean = Math.min(Math.max(compensatedSum(values) / n, min), max);
  const precision = n === 1 ? null : precisionOf(values, { mean, confidence });
  return { n, mean, min, max, precision };
}

function precisionOf(
  values: readonly number[],
  { mean, confidence }: { mean: number; confidence: number },
): Precision {
  const n = values.length;
  const squares = values.map((value) => (value - mean) ** 2);
  const std = Math.sqrt(compensatedSum(squares) / (n - 1));
  const se = std / Math.sqrt(n);
  const tCritical = studentTCritical(confidence, n - 1);
  return {
    std,
    cv: mean === 0 ? Infinity : std / Math.abs(mean),
    se,
    tCritical,
    ciLow: mean - tCritical * se,
    ciHigh: mean + tCritical * se,
  };
}
