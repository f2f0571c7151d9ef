import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type MetricStats, STATISTICS } from "../../../common/model/report.ts";
import { METRICS } from "../../../services/post_processor_manager/metrics/metric_table.ts";
import { objectiveTags } from "../../../services/post_processor_manager/metrics/objective_tags.ts";
import { objectiveProblems } from "../../../services/post_processor_manager/objectives.ts";
import { accumulatorOf, reportOn, scalarIn, statsIn } from "../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

const MS = 1e6;
const SECOND = 1e9;

/** 40 prompt and 10 output tokens; sent at `sentNs`, all content there after `latencyNs`. */
function answer(sentNs: number, latencyNs: number) {
  return recordOf({
    dueNs: sentNs,
    issuedNs: sentNs,
    receivedNs: sentNs,
    sentNs,
    chunksAfterNs: [100 * MS, latencyNs],
    // A slow close of the stream is no part of any metric.
    endAfterNs: latencyNs + 9 * SECOND,
    inputTokens: 40,
    requestedOutputTokens: null,
    usage: {
      promptTokens: 40,
      completionTokens: 10,
      totalTokens: 50,
      reasoningTokens: 4,
      cachedPromptTokens: 10,
    },
  });
}

Deno.test("every metric of a run has the value worked out by hand", () => {
  const report = reportOn([
    answer(1 * SECOND, 500 * MS),
    answer(2 * SECOND, 1000 * MS),
    answer(3 * SECOND, 2000 * MS), // the last content: 5 s
    answer(4 * SECOND, 600 * MS),
    failedRecordOf({ sentNs: 0, endAfterNs: 20 * SECOND, inputTokens: 7 }),
    failedRecordOf({ outcome: "lost", sentNs: null, endAfterNs: null, inputTokens: 5 }),
    failedRecordOf({ outcome: "cancelled", inputTokens: 3 }),
  ], { goodput: [{ tag: "request_latency", threshold: 1000 }] });
  const expected: Record<string, number> = {
    request_count: 4,
    error_request_count: 2,
    cancelled_request_count: 1,
    completed_request_count: 6,
    request_error_rate: 100 / 3,
    good_request_count: 3,
    good_request_fraction: 0.5,
    min_request_timestamp: 1 * SECOND, // since the run's epoch; failures move neither bound
    max_response_timestamp: 5 * SECOND,
    benchmark_duration: 4,
    request_throughput: 1,
    goodput: 0.75,
    output_token_throughput: 10,
    total_token_throughput: 50,
    total_isl: 160,
    total_osl: 40,
    total_output_tokens: 24,
    total_reasoning_tokens: 16,
    overall_thinking_efficiency: 2 / 3,
    total_error_isl: 15,
    total_usage_prompt_tokens: 160,
    total_usage_completion_tokens: 40,
    total_usage_total_tokens: 200,
    total_usage_reasoning_tokens: 16,
    total_usage_prompt_cache_read_tokens: 40,
    overall_usage_prompt_cache_read_pct: 25,
    usage_discrepancy_count: 0,
  };
  for (const [tag, value] of Object.entries(expected)) {
    assertAlmostEquals(scalarIn(report, tag)!, value, 1e-12, tag);
    assertEquals(Object.keys(statsIn(report, tag)!), ["avg"], tag);
  }
  const scalars = report.metrics.filter((metric) => metric.scalar).map((metric) => metric.tag);
  assertEquals(scalars.sort(), Object.keys(expected).sort());
  // Deviations from 1025: −525, −25, 975, −425. Ranks 3 · p / 100: 0.03, 0.15, 0.3 … 2.97.
  const latency: MetricStats = {
    avg: 1025,
    min: 500,
    max: 2000,
    p1: 503,
    p5: 515,
    p10: 530,
    p25: 575,
    p50: 800,
    p75: 1250,
    p90: 1700,
    p95: 1850,
    p99: 1970,
    std: Math.sqrt(351_875),
    count: 4,
    sum: 4100,
  };
  for (const name of STATISTICS) {
    assertAlmostEquals(statsIn(report, "request_latency")![name]!, latency[name]!, 1e-9, name);
  }
  assertEquals(statsIn(report, "error_isl")!.sum, 15);
});

Deno.test("a metric that no request has is left out of the report", () => {
  const report = reportOn([recordOf({ streaming: false })]);
  for (const tag of ["time_to_first_token", "inter_chunk_latency", "goodput", "error_isl"]) {
    assertEquals(statsIn(report, tag), undefined, tag);
  }
});

Deno.test("the report of a run without any success counts and divides nothing by zero", () => {
  const report = reportOn([failedRecordOf(), failedRecordOf()], {
    goodput: [{ tag: "request_latency", threshold: 1 }],
  });
  const scalars = report.metrics.filter((metric) => metric.scalar);
  assertEquals(Object.fromEntries(scalars.map(({ tag, stats }) => [tag, stats.avg])), {
    total_error_isl: 40,
    request_count: 0,
    error_request_count: 2,
    cancelled_request_count: 0,
    completed_request_count: 2,
    request_error_rate: 100,
    good_request_count: 0,
    good_request_fraction: 0,
  });
  assertEquals(report.errors, [{
    error: { code: 503, type: "HTTPError", message: "Service Unavailable" },
    count: 2,
  }]);
});

Deno.test("the report of a run without any record has counts of 0 and no times", () => {
  const report = accumulatorOf().report({ wasCancelled: true });
  assertEquals(
    report.metrics.map(({ tag, stats }) => [tag, stats.avg]),
    [
      ["request_count", 0],
      ["error_request_count", 0],
      ["cancelled_request_count", 0],
      ["completed_request_count", 0],
    ],
  );
  assertEquals([report.startUnixMs, report.endUnixMs], [null, null]);
  assertEquals(report.wasCancelled, true);
});

Deno.test("requests that take no time make no infinite throughput", () => {
  const report = reportOn([recordOf({ chunksAfterNs: [0], streaming: false })]);
  assertEquals(scalarIn(report, "benchmark_duration"), 0);
  assertEquals(scalarIn(report, "request_throughput"), undefined);
});

Deno.test("values whose sum overflows are reported without the sum", () => {
  const report = reportOn([1, 2].map(() => recordOf({ chunksAfterNs: [1.6e308] })));
  const stats = statsIn(report, "request_latency")!;
  assertAlmostEquals(stats.p50!, 1.6e302, 1e290);
  assertEquals(stats.sum, undefined);
  for (const value of Object.values(stats)) assertEquals(Number.isFinite(value), true);
});

Deno.test("warm-up records have a summary of their own and change no result", () => {
  const accumulator = accumulatorOf();
  assertEquals(accumulator.add(recordOf({ creditId: 0, phase: "warmup" })), null);
  assertEquals(accumulator.add(failedRecordOf({ creditId: 1, phase: "warmup" })), null);
  accumulator.add(recordOf({ creditId: 2 }));
  const report = accumulator.report({ wasCancelled: false });
  assertEquals(report.warnings.map((text) => text.slice(0, 26)), ["The warm-up failed in part"]);
  assertEquals({ ...report, warmup: null, warnings: [] }, reportOn([recordOf()]));
  const { warmup } = report;
  assertEquals(warmup?.account, { issued: 2, succeeded: 1, failed: 1, cancelled: 0, lost: 0 });
  assertEquals(warmup?.errors.map(({ count }) => count), [1]);
  const ttft = warmup?.metrics.find(({ tag }) => tag === "time_to_first_token");
  assertEquals(ttft?.stats.avg, 100);
  assertEquals(accumulator.live(2 * SECOND).requests, 1);
});

Deno.test("a second record of a credit changes nothing", () => {
  const accumulator = accumulatorOf();
  accumulator.add(recordOf({ creditId: 5 }));
  assertEquals(accumulator.add(failedRecordOf({ creditId: 5 })), null);
  assertEquals(accumulator.report({ wasCancelled: false }), reportOn([recordOf()]));
});

Deno.test("a report may be asked for in mid-run and again later", () => {
  const accumulator = accumulatorOf();
  accumulator.add(recordOf({ creditId: 0 }));
  assertEquals(scalarIn(accumulator.report({ wasCancelled: false }), "request_count"), 1);
  accumulator.add(recordOf({ creditId: 1, chunksAfterNs: [7 * MS] }));
  const late = accumulator.report({ wasCancelled: false });
  assertEquals(late, reportOn([recordOf(), recordOf({ chunksAfterNs: [7 * MS] })]));
});

Deno.test("the report takes account and bounds from outside where they are given", () => {
  const accumulator = accumulatorOf();
  accumulator.add(recordOf());
  const { epochUnixMs } = runConfigOf();
  const own = accumulator.report({ wasCancelled: false });
  assertEquals(own.account, { issued: 1, succeeded: 1, failed: 0, cancelled: 0, lost: 0 });
  assertEquals([own.startUnixMs, own.endUnixMs], [epochUnixMs + 1000, epochUnixMs + 1141]);
  const account = { issued: 3, succeeded: 1, failed: 0, cancelled: 0, lost: 1 };
  const options = { wasCancelled: false, account, startNs: 500 * MS, endNs: 2000 * MS };
  const given = accumulator.report(options);
  assertEquals(given.account, account);
  assertEquals([given.startUnixMs, given.endUnixMs], [epochUnixMs + 500, epochUnixMs + 2000]);
});

Deno.test("a request is good when it meets every objective, limits included", () => {
  const goodput = [
    { tag: "time_to_first_token", threshold: 100 },
    { tag: "output_token_throughput_per_user", threshold: 100 },
  ];
  const good = (record: ReturnType<typeof recordOf>) =>
    scalarIn(reportOn([record], { goodput }), "good_request_count");
  assertEquals(good(recordOf()), 1);
  const late = [100 * MS + 1, 110 * MS, 120 * MS, 130 * MS, 140 * MS];
  assertEquals(good(recordOf({ chunksAfterNs: late })), 0);
  assertEquals(good(recordOf({ chunksAfterNs: [50 * MS, 91 * MS] })), 0);
  assertEquals(good(recordOf({ streaming: false })), 0);
  assertEquals(good(recordOf({ usage: null })), 0);
  assertEquals(good(failedRecordOf()), 0);
});

Deno.test("objectives on anything but one value of a request are refused", () => {
  const tags = ["request_count", "goodput", "inter_chunk_latency", "error_isl", "nonsense"];
  const slos = tags.map((tag) => ({ tag, threshold: 1 }));
  assertEquals(objectiveProblems(slos), [
    'Cannot hold requests to "request_count": a request has no single value of it',
    'Cannot hold requests to "goodput": a request has no single value of it',
    'Cannot hold requests to "inter_chunk_latency": a request has no single value of it',
    'Cannot hold requests to "error_isl": a request has no single value of it',
    'Cannot hold requests to "nonsense": there is no such metric',
  ]);
  assertThrows(() => accumulatorOf({ goodput: slos }), RangeError, "there is no such metric");
});

Deno.test("the tags that objectives may have are those of the metric table", () => {
  const allowed = METRICS.map(({ tag }) => tag)
    .filter((tag) => objectiveProblems([{ tag, threshold: 1 }]).length === 0);
  assertEquals(objectiveTags().map(({ tag }) => tag), allowed);
  const streamed = objectiveTags().filter((tag) => tag.streamingOnly).map(({ tag }) => tag);
  assertEquals([streamed.includes("time_to_first_token"), streamed.includes("request_latency")], [
    true,
    false,
  ]);
});
