import { CHUNK_METRICS } from "./chunk_metrics.ts";
import { LATENCY_METRICS } from "./latency_metrics.ts";
import { MEDIA_METRICS } from "./media_metrics.ts";
import type { Metric, PerRequestMetric } from "./metric.ts";
import { RUN_METRICS } from "./run_metrics.ts";
import { SCHEDULE_METRICS } from "./schedule_metrics.ts";
import { TOKEN_METRICS } from "./token_metrics.ts";
import { USAGE_METRICS } from "./usage_metrics.ts";

/**
 * Every metric there is, in the order of the exports; a new metric is a new row.
 *
 * Tags, names, units and formulas are those of the reference tool, as far as it has the metric.
 */
export const METRICS: readonly Metric[] = [
  ...LATENCY_METRICS,
  ...CHUNK_METRICS,
  ...SCHEDULE_METRICS,
  ...TOKEN_METRICS,
  ...USAGE_METRICS,
  ...RUN_METRICS,
  ...MEDIA_METRICS,
];

/** The metrics that each request has its own value of. */
export const PER_REQUEST_METRICS: readonly PerRequestMetric[] = METRICS.filter((metric) =>
  metric.kind === "record" || metric.kind === "record_list"
);

const BY_TAG: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.tag, metric]));

/** The metric of this tag, if there is one. */
export function findMetric(tag: string): Metric | undefined {
  return BY_TAG.get(tag);
}
