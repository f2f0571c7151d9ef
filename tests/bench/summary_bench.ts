import { MetricsAccumulator } from "../../services/post_processor_manager/metrics_accumulator.ts";
import { deriveRandom, randomInt } from "../../common/runtime/random.ts";
import { endpointPlanOf } from "../helpers/endpoint_plan.ts";
import { phasePlanOf } from "../helpers/phase_plan.ts";
import { recordOf } from "../helpers/records.ts";

/** What summarising a run of many requests costs. */
export interface SummaryCost {
  readonly requests: number;
  readonly addMs: number;
  readonly summariseMs: number;
  /** Of the whole process, after the summary. */
  readonly rssBytes: number;
}

/** Feeds `requests` synthetic records of 16 chunks into the metrics and asks for the report. */
export function measureSummary(requests: number): SummaryCost {
  const accumulator = new MetricsAccumulator({
    benchmarkId: "bench",
    epochUnixMs: 1_700_000_000_000,
    goodput: [{ tag: "request_latency", threshold: 300 }],
    endpoint: endpointPlanOf(),
    phases: [phasePlanOf()],
  }, () => ({ count: () => 0 }));
  const records = syntheticRecords(1000);
  let addMs = 0;
  for (let i = 0; i < requests; i += records.length) {
    records.forEach((record, j) => (record.creditId = i + j));
    const batch = records.slice(0, requests - i);
    const start = performance.now();
    for (const record of batch) accumulator.add(record);
    addMs += performance.now() - start;
  }
  const start = performance.now();
  accumulator.report({ wasCancelled: false });
  const summariseMs = performance.now() - start;
  return { requests, addMs, summariseMs, rssBytes: Deno.memoryUsage().rss };
}

/** TTFT 100 to 200 ms, gaps 0 to 20 ms, in nanoseconds that no two records share. */
function syntheticRecords(count: number) {
  const random = deriveRandom(1, "summary_bench");
  return Array.from({ length: count }, (_, index) => {
    let atNs = 1e8;
    const chunksAfterNs = Array.from({ length: 16 }, () => (atNs += randomInt(random, 2e7)));
    const sentNs = index * 1e6;
    return recordOf({ index, sentNs, chunksAfterNs, endAfterNs: atNs, requestedOutputTokens: 16 });
  });
}

if (import.meta.main) console.log(JSON.stringify(measureSummary(1_000_000)));
