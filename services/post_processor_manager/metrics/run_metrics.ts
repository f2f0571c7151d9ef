import type { Outcome } from "../../../common/model/credit.ts";
import { lastChunkNs } from "./latency_metrics.ts";
import type { AggregateMetric, Metric } from "./metric.ts";
import { ratio } from "./request_facts.ts";
import {
  INSTANT,
  PERCENT,
  RATIO,
  REQUESTS,
  REQUESTS_PER_SECOND,
  SECONDS,
  TOKENS_PER_SECOND,
} from "./unit.ts";

/** What the run as a whole did: counts, bounds in time, and rates over the time between them. */
export const RUN_METRICS: readonly Metric[] = [
  outcomes("request_count", "Request Count", 1100, ["success"]),
  outcomes("error_request_count", "Error Request Count", 1110, ["error", "lost"]),
  // What was cut off when the run ended is no error of the server.
  outcomes("cancelled_request_count", "Cancelled Request Count", null, ["cancelled"]),
  {
    // request_count + error_request_count.
    tag: "completed_request_count",
    header: "Completed Request Count",
    unit: REQUESTS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["request_count", "error_request_count"],
    value: (succeeded, failed) => succeeded! + failed!,
  },
  {
    // error_request_count / (request_count + error_request_count) · 100.
    tag: "request_error_rate",
    header: "Request Error Rate",
    unit: PERCENT,
    consoleOrder: null,
    flags: [],
    kind: "derived",
    from: ["error_request_count", "completed_request_count"],
    value: (failed, completed) => ratio(failed! * 100, completed!),
  },
  {
    // Requests that succeeded and meet every objective of `--goodput`. A request without a value
    // for one of them is not good. Absent when there are no objectives.
    tag: "good_request_count",
    header: "Good Request Count",
    unit: REQUESTS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "aggregate",
    combine: "sum",
    initial: null,
    value: ({ good }) => good === null ? null : Number(good),
  },
  {
    // good_request_count / (request_count + error_request_count).
    tag: "good_request_fraction",
    header: "Good Request Fraction",
    unit: RATIO,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["good_request_count", "completed_request_count"],
    value: (good, completed) => ratio(good!, completed!),
  },
  {
    // The earliest moment at which a request that succeeded was sent.
    tag: "min_request_timestamp",
    header: "Minimum Request Timestamp",
    unit: INSTANT,
    consoleOrder: null,
    flags: [],
    kind: "aggregate",
    combine: "min",
    initial: null,
    value: ({ record }) => record.outcome === "success" ? record.sentNs : null,
  },
  {
    // The latest sent + request_latency; requests that failed do not prolong the run.
    tag: "max_response_timestamp",
    header: "Maximum Response Timestamp",
    unit: INSTANT,
    consoleOrder: null,
    flags: [],
    kind: "aggregate",
    combine: "max",
    initial: null,
    value: ({ record }) => {
      const latencyNs = lastChunkNs(record);
      if (record.outcome !== "success" || record.sentNs === null || latencyNs === null) return null;
      return record.sentNs + latencyNs;
    },
  },
  {
    // max_response_timestamp − min_request_timestamp.
    tag: "benchmark_duration",
    header: "Benchmark Duration",
    unit: SECONDS,
    consoleOrder: null,
    flags: [],
    kind: "derived",
    from: ["max_response_timestamp", "min_request_timestamp"],
    value: (lastNs, firstNs) => lastNs! - firstNs!,
  },
  {
    // request_count / benchmark_duration.
    tag: "request_throughput",
    header: "Request Throughput",
    unit: REQUESTS_PER_SECOND,
    consoleOrder: 900,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["request_count", "benchmark_duration"],
    value: perSecond,
  },
  {
    // good_request_count / benchmark_duration.
    tag: "goodput",
    header: "Goodput",
    unit: REQUESTS_PER_SECOND,
    consoleOrder: 1000,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["good_request_count", "benchmark_duration"],
    value: perSecond,
  },
  {
    // total_osl / benchmark_duration.
    tag: "output_token_throughput",
    header: "Output Token Throughput",
    unit: TOKENS_PER_SECOND,
    consoleOrder: 800,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["total_osl", "benchmark_duration"],
    value: perSecond,
  },
  {
    // (total_isl + total_osl) / benchmark_duration.
    tag: "total_token_throughput",
    header: "Total Token Throughput",
    unit: TOKENS_PER_SECOND,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["total_isl", "total_osl", "benchmark_duration"],
    value: (input, output, durationNs) => perSecond(input! + output!, durationNs!),
  },
];

/** How many requests ended in one of these ways. */
function outcomes(
  tag: string,
  header: string,
  consoleOrder: number | null,
  which: readonly Outcome[],
): AggregateMetric {
  return {
    tag,
    header,
    unit: REQUESTS,
    consoleOrder,
    flags: which.includes("success") ? ["larger_is_better"] : [],
    kind: "aggregate",
    combine: "sum",
    initial: 0,
    value: ({ record }) => which.includes(record.outcome) ? 1 : 0,
  };
}

function perSecond(amount?: number, durationNs?: number): number | null {
  return ratio(amount!, durationNs! / 1e9);
}
