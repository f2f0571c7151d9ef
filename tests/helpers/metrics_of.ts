import type { RequestRecord } from "../../common/model/record.ts";
import type { MetricStats, MetricSummary, RunReport } from "../../common/model/report.ts";
import {
  type AccumulatorConfig,
  MetricsAccumulator,
} from "../../services/post_processor_manager/metrics_accumulator.ts";
import { PER_REQUEST_METRICS } from "../../services/post_processor_manager/metrics/metric_table.ts";
import type { TokenCountSource } from "../../services/post_processor_manager/metrics/token_counts.ts";
import { runConfigOf } from "./run_config.ts";

/** Options of {@linkcode reportOn}. */
export interface MetricsOptions extends Partial<AccumulatorConfig> {
  readonly tokenCountSource?: TokenCountSource;
  readonly wasCancelled?: boolean;
}

/** An accumulator whose tokenizer counts words. */
export function accumulatorOf(options: MetricsOptions = {}): MetricsAccumulator {
  const config = runConfigOf(options);
  const { tokenCountSource = "auto" } = options;
  return new MetricsAccumulator(
    { ...config, endpoint: { ...config.endpoint, tokenCountSource } },
    () => ({ count: (text) => text.split(" ").length }),
  );
}

/** The report on records, each with a credit of its own. */
export function reportOn(
  records: readonly RequestRecord[],
  options: MetricsOptions = {},
): RunReport {
  const accumulator = accumulatorOf(options);
  records.forEach((record, creditId) => accumulator.add({ ...record, creditId }));
  return accumulator.report({ wasCancelled: options.wasCancelled ?? false });
}

/** The statistics of the metric with this tag; undefined when the report has none. */
export function statsIn({ metrics }: RunReport, tag: string): MetricStats | undefined {
  return metrics.find((metric: MetricSummary) => metric.tag === tag)?.stats;
}

/** The single number of the metric with this tag. */
export function scalarIn(report: RunReport, tag: string): number | undefined {
  return statsIn(report, tag)?.avg;
}

/** The metric values of one request in display units, by tag. */
export function valuesOf(
  record: RequestRecord,
  options: MetricsOptions = {},
): Record<string, number | number[]> {
  const metrics = accumulatorOf(options).add(record)!;
  const values: Record<string, number | number[]> = {};
  PER_REQUEST_METRICS.forEach(({ tag, unit }, i) => {
    const value = metrics[i]!;
    if (value === null) return;
    values[tag] = typeof value === "number"
      ? value / unit.divisor
      : value.map((one) => one / unit.divisor);
  });
  return values;
}
