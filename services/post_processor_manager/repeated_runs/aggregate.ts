import type { Verdict } from "../../../common/model/instrument.ts";
import { type MetricSummary, type Statistic, STATISTICS } from "../../../common/model/report.ts";
import type { RunSeries } from "../../../common/model/run_series.ts";
import { type Spread, spreadOf } from "../../../common/stats/spread.ts";
import { findMetric } from "../metrics/metric_table.ts";
import { INSTANT } from "../metrics/unit.ts";

/** What the runs of a series say together. */
export interface Aggregate {
  /** How many runs were asked for. */
  readonly runs: number;
  /** Above 0 and below 1. */
  readonly confidenceLevel: number;
  /** The labels of the runs that count. */
  readonly labels: readonly string[];
  /** What the measurement of each of them is worth. */
  readonly verdicts: readonly Verdict[];
  /** What there was too little of in any of them to be judged. */
  readonly unjudged: readonly string[];
  /** The runs that do not, and why. */
  readonly failed: readonly { readonly label: string; readonly error: string }[];
  /** In the order of the metrics and statistics of a run. */
  readonly rows: readonly AggregateRow[];
}

/** One statistic of one metric over the runs that have it. */
export interface AggregateRow {
  /** `<tag>_<statistic>`, the key in every export. */
  readonly key: string;
  /** The metric as the first of the runs has it; its `stats` are those of that run. */
  readonly metric: MetricSummary;
  readonly statistic: Statistic;
  /** The unit of `spread`. */
  readonly unit: string;
  readonly spread: Spread;
}

/**
 * Aggregates the complete runs of a series.
 *
 * Instants are left out: the mean of several wall-clock times says nothing.
 */
export function aggregateRuns(
  { runs, confidenceLevel }: Pick<RunSeries, "runs" | "confidenceLevel">,
): Aggregate {
  const complete = runs.flatMap(({ label, problem, report }) =>
    problem === null && report !== null ? [{ label, report }] : []
  );
  const labels = complete.map(({ label }) => label);
  return {
    runs: runs.length,
    confidenceLevel,
    labels,
    verdicts: complete.map(({ report }) => report.instrument.verdict),
    unjudged: [...new Set(complete.flatMap(({ report }) => report.instrument.unjudged))],
    failed: runs.filter(({ label }) => !labels.includes(label))
      .map(({ label, problem }) => ({ label, error: problem ?? "it left no results" })),
    rows: rowsOf(complete.map(({ report }) => report.metrics), confidenceLevel),
  };
}

function rowsOf(runs: readonly (readonly MetricSummary[])[], confidence: number): AggregateRow[] {
  const byTag = Map.groupBy(runs.flat(), ({ tag }) => tag);
  return [...byTag].filter(([tag]) => findMetric(tag)?.unit !== INSTANT)
    .flatMap(([tag, metrics]) =>
      STATISTICS.flatMap((statistic) => {
        const values = metrics.flatMap(({ stats }) => stats[statistic] ?? []);
        if (values.length === 0) return [];
        const metric = metrics[0]!;
        const unit = statistic === "count" ? "count" : metric.unit;
        const spread = spreadOf(values, confidence);
        return { key: `${tag}_${statistic}`, metric, statistic, unit, spread };
      })
    );
}
