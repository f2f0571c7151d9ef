import { type Distribution, summarizeAll } from "../../common/stats/distribution.ts";
import type { Summary } from "../../common/stats/summary.ts";
import { type MetricStats, type MetricSummary, STATISTICS } from "../../common/model/report.ts";
import type { Metric } from "./metrics/metric.ts";
import { METRICS } from "./metrics/metric_table.ts";

/** The results of all metrics, from the columns and aggregates of a run. */
export class MetricResults {
  readonly #distributions = new Map<string, Summary>();
  readonly #scalars = new Map<string, number>();

  /** `columns` and `aggregates` by tag, in the units of the formulas; null: absent. */
  constructor(
    columns: ReadonlyMap<string, Distribution>,
    aggregates: ReadonlyMap<string, number | null>,
  ) {
    const summaries = summarizeAll([...columns.values()]);
    [...columns.keys()].forEach((tag, i) => {
      const summary = summaries[i];
      if (summary) this.#distributions.set(tag, summary);
    });
    for (const [tag, value] of aggregates) this.#setScalar(tag, value);
    for (const metric of METRICS) this.#derive(metric);
  }

  /** The value of a single-number metric, in the unit of its formula; null when absent. */
  scalar(tag: string): number | null {
    return this.#scalars.get(tag) ?? null;
  }

  /** Every metric that has a value, in the order of the table, in display units. */
  summaries(): MetricSummary[] {
    return METRICS.flatMap((metric) => {
      const stats = this.#statsOf(metric);
      if (stats === null) return [];
      const { tag, header, unit, consoleOrder } = metric;
      const scalar = !this.#distributions.has(tag);
      return { tag, header, unit: unit.name, consoleOrder, scalar, stats };
    });
  }

  #derive(metric: Metric): void {
    if (metric.kind === "derived_sum") {
      this.#setScalar(metric.tag, this.#distributions.get(metric.of)?.sum ?? null);
    }
    if (metric.kind !== "derived") return;
    const inputs = metric.from.map((tag) => this.scalar(tag)).filter((input) => input !== null);
    if (inputs.length < metric.from.length) return;
    this.#setScalar(metric.tag, metric.value(...inputs));
  }

  #setScalar(tag: string, value: number | null): void {
    if (value !== null && Number.isFinite(value)) this.#scalars.set(tag, value);
  }

  #statsOf({ tag, unit }: Metric): MetricStats | null {
    const distribution = this.#distributions.get(tag);
    if (distribution) return inUnit(distribution, unit.divisor);
    const scalar = this.scalar(tag);
    return scalar === null ? null : { avg: scalar / unit.divisor };
  }
}

function inUnit(summary: Summary, divisor: number): MetricStats {
  const stats: MetricStats = {};
  for (const name of STATISTICS) {
    const value = name === "count" ? summary.count : summary[name] / divisor;
    // A sum or deviation of huge values may overflow; the exports have no way to write infinity.
    if (Number.isFinite(value)) stats[name] = value;
  }
  return stats;
}
