import type { RequestRecord } from "../../../common/model/record.ts";
import type { RunConfig } from "../../../common/model/run_config.ts";
import type { RequestMetrics } from "../phase_metrics.ts";
import { PER_REQUEST_METRICS } from "../metrics/metric_table.ts";
import { epochNsText } from "./epoch_ns.ts";

/** Who makes the metrics; the reference tool has several such processes. */
const RECORD_PROCESSOR = "post_processor_manager";

/**
 * The line of `profile_export.jsonl` of one request, without the line break.
 *
 * Instants are exact integers of nanoseconds since 1970; values are in display units.
 * `metrics`: what the accumulator made of the record.
 */
export function requestLine(
  record: RequestRecord,
  metrics: RequestMetrics,
  config: Pick<RunConfig, "epochUnixMs" | "endpoint">,
): string {
  const error = record.error && JSON.stringify(record.error);
  return `{"metadata":${metadataText(record, config)},` +
    `"metrics":${metricsText(metrics)},"error":${error}}`;
}

/** Put together by hand as `JSON.stringify` cannot write integers beyond 2^53. */
function metadataText(
  record: RequestRecord,
  { epochUnixMs, endpoint }: Pick<RunConfig, "epochUnixMs" | "endpoint">,
): string {
  const { sentNs } = record;
  const instant = (ns: number | null) => ns === null ? "null" : epochNsText(epochUnixMs, ns);
  const afterSent = (ns: number | null) =>
    sentNs === null || ns === null ? "null" : epochNsText(epochUnixMs, sentNs + ns);
  const endText = afterSent(record.endAfterNs);
  const wasCancelled = record.outcome === "cancelled";
  return `{"session_num":${record.index},` +
    `"x_request_id":${JSON.stringify(record.requestId)},` +
    `"x_correlation_id":${JSON.stringify(record.correlationId)},` +
    `"conversation_id":${JSON.stringify(record.conversationId)},` +
    `"turn_index":${record.turnIndex},` +
    `"credit_due_ns":${instant(record.dueNs)},` +
    `"credit_issued_ns":${instant(record.issuedNs)},` +
    `"request_start_ns":${instant(sentNs)},` +
    `"request_ack_ns":${afterSent(record.headersAfterNs)},` +
    `"request_end_ns":${endText},` +
    `"worker_id":${JSON.stringify(record.workerId)},` +
    `"record_processor_id":"${RECORD_PROCESSOR}",` +
    `"benchmark_phase":"${record.phase}",` +
    `"was_cancelled":${wasCancelled},` +
    `"cancellation_time_ns":${wasCancelled ? endText : "null"}${routeText(record, endpoint)}}`;
}

/** Where the request went, if it could have gone elsewhere. */
function routeText(
  { urlIndex, model }: RequestRecord,
  { urls, modelChoice }: RunConfig["endpoint"],
): string {
  const url = urls.length > 1 ? `,"url":${JSON.stringify(urls[urlIndex] ?? null)}` : "";
  return modelChoice === null ? url : `${url},"model_name":${JSON.stringify(model)}`;
}

function metricsText(metrics: RequestMetrics): string {
  const parts: string[] = [];
  for (let i = 0; i < metrics.length; i++) {
    const value = metrics[i]!;
    if (value === null) continue;
    const { tag, unit } = PER_REQUEST_METRICS[i]!;
    const shown = typeof value === "number"
      ? String(value / unit.divisor)
      : `[${value.map((one) => one / unit.divisor).join(",")}]`;
    parts.push(`"${tag}":{"value":${shown},"unit":"${unit.name}"}`);
  }
  return `{${parts.join(",")}}`;
}
