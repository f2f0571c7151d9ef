import { csvCell } from "../exporters/summary_csv.ts";
import type { Aggregate, AggregateRow } from "./aggregate.ts";

const COLUMNS = [
  "mean",
  "std",
  "min",
  "max",
  "cv",
  "se",
  "ci_low",
  "ci_high",
  "t_critical",
  "unit",
  "n",
];

/**
 * The text of `profile_export_aiperf_aggregate.csv`: a table of the metrics, an empty line, and a
 * table of the runs.
 *
 * Numbers have six significant digits; a cell is empty where there is no number, `inf` where it is
 * infinite.
 */
export function aggregateCsv(aggregate: Aggregate): string {
  const { runs, labels, verdicts, failed, confidenceLevel, rows } = aggregate;
  const lines = [
    ["metric", ...COLUMNS],
    ...rows.map(metricRow),
    [],
    ["metadata", "value"],
    ["aggregation_type", "confidence"],
    ["num_profile_runs", String(runs)],
    ["num_successful_runs", String(labels.length)],
    ["confidence_level", String(confidenceLevel)],
    ["run_labels", labels.join(" ")],
    ["run_verdicts", verdicts.join(" ")],
    ...failed.map(({ label, error }) => ["failed_run", `${label}: ${error}`]),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}

function metricRow({ key, unit, spread }: AggregateRow): string[] {
  const { n, mean, min, max, precision } = spread;
  const numbers = [
    mean,
    precision?.std,
    min,
    max,
    precision?.cv,
    precision?.se,
    precision?.ciLow,
    precision?.ciHigh,
    precision?.tCritical,
  ];
  return [key, ...numbers.map((value) => value === undefined ? "" : digits(value)), unit, `${n}`];
}

/** Six significant digits, and no fewer than there are before the point. */
function digits(value: number): string {
  if (value === Infinity) return "inf";
  return String(Math.abs(value) >= 1e5 ? Math.round(value) : Number(value.toPrecision(6)));
}
