import { type MetricStats, STATISTICS } from "../../../common/model/report.ts";
import { Distribution, summarizeAll } from "../../../common/stats/distribution.ts";
import { RunningSum } from "../../../common/stats/running_sum.ts";
import { PER_REQUEST_METRICS } from "../metrics/metric_table.ts";
import { MOST_EXACT_PIECES, MOST_EXACT_REQUESTS } from "../phase_metrics.ts";

/** One metric over the requests of several runs. */
export interface CollatedMetric {
  readonly tag: string;
  /** Of all values. */
  readonly unit: string;
  /** As in the summary of a single run, over all requests of all runs. */
  readonly combined: MetricStats;
  /** The runs that have values, in the order in which they came. */
  readonly perRun: readonly {
    readonly label: string;
    readonly mean: number;
    readonly count: number;
  }[];
}

/**
 * Pools the values that requests of several runs have of each metric.
 *
 * Keeps numbers as a single run does: exact up to so many of them, in buckets beyond, so that memory
 * does not grow with the length of the runs. In display units, as the lines have them.
 */
export class Collation {
  readonly #pools: readonly Pool[] = PER_REQUEST_METRICS.map(({ kind }) => ({
    all: new Distribution(kind === "record" ? MOST_EXACT_REQUESTS : MOST_EXACT_PIECES),
    runs: new Map(),
  }));

  /** Whether there was so much that percentiles come from buckets. */
  get isInBuckets(): boolean {
    return this.#pools.some(({ all }) => !all.isExact);
  }

  /** Takes in a line of `profile_export.jsonl`; false when it cannot be used, and nothing of it is. */
  add(label: string, line: string): boolean {
    const metrics = metricsIn(line);
    if (metrics === null) return false;
    const all = PER_REQUEST_METRICS.map(({ tag }) => valuesOf(metrics[tag]));
    if (all.includes(null)) return false;
    all.forEach((values, i) => push(this.#pools[i]!, label, values!));
    return true;
  }

  /** Every metric that has a value, in the order of the table. */
  metrics(): CollatedMetric[] {
    const summaries = summarizeAll(this.#pools.map(({ all }) => all));
    return PER_REQUEST_METRICS.flatMap(({ tag, unit }, i) => {
      const summary = summaries[i];
      if (!summary) return [];
      const combined: MetricStats = {};
      for (const name of STATISTICS) {
        if (Number.isFinite(summary[name])) combined[name] = summary[name];
      }
      const perRun = [...this.#pools[i]!.runs].map(([label, { sum, count }]) => (
        { label, mean: sum.value / count, count }
      ));
      return [{ tag, unit: unit.name, combined, perRun }];
    });
  }
}

/** The values of one metric. */
interface Pool {
  readonly all: Distribution;
  /** By label. */
  readonly runs: Map<string, { readonly sum: RunningSum; count: number }>;
}

function push({ all, runs }: Pool, label: string, values: readonly number[]): void {
  if (values.length === 0) return;
  let run = runs.get(label);
  if (run === undefined) runs.set(label, run = { sum: new RunningSum(), count: 0 });
  run.count += values.length;
  for (const value of values) {
    all.push(value);
    run.sum.add(value);
  }
}

/** The metrics of a line, by tag; null when it is none. */
function metricsIn(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const { metrics } = JSON.parse(line);
    return typeof metrics === "object" ? metrics : null;
  } catch {
    return null;
  }
}

/** None where the request has no value; null for what is no metric. */
function valuesOf(block: unknown): readonly number[] | null {
  if (block === undefined) return [];
  if (typeof block !== "object" || block === null || !("value" in block)) return null;
  const values: unknown[] = Array.isArray(block.value) ? block.value : [block.value];
  return values.every((value) => Number.isFinite(value)) ? values as number[] : null;
}
