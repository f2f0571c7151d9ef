import type { MetricSummary, RunReport } from "../../common/model/report.ts";
import type { EndedRun } from "../../common/model/run_series.ts";
import { runLabel } from "../../common/model/run_series.ts";
import { sampleRun } from "./sample_run.ts";

const SAMPLE = sampleRun().report;

/** A report with these metrics and nothing else of interest. */
export function reportOf(...metrics: MetricSummary[]): RunReport {
  return { ...SAMPLE, metrics };
}

/** A metric of one number: requests per second. */
export function throughputOf(avg: number): MetricSummary {
  return {
    tag: "request_throughput",
    header: "Request Throughput",
    unit: "requests/sec",
    consoleOrder: 900,
    scalar: true,
    stats: { avg },
  };
}

/** A metric with a distribution: milliseconds. */
export function latencyOf(stats: MetricSummary["stats"]): MetricSummary {
  return {
    tag: "request_latency",
    header: "Request Latency",
    unit: "ms",
    consoleOrder: 300,
    scalar: false,
    stats,
  };
}

/** Complete runs with these reports. */
export function completeRuns(...reports: RunReport[]): EndedRun[] {
  return reports.map((report, i) => ({ label: runLabel(i + 1), problem: null, report }));
}
