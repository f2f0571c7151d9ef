import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { RequestRecord } from "../../../common/model/record.ts";
import { reportOn, scalarIn, statsIn } from "../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";
import { recompute, statisticsOf } from "./recomputation.ts";

const tokens = fc.nat({ max: 300 });
const maybeTokens = fc.option(tokens, { nil: null });
const usage = fc.option(
  fc.record({
    promptTokens: maybeTokens,
    completionTokens: maybeTokens,
    totalTokens: maybeTokens,
    reasoningTokens: fc.option(fc.nat({ max: 20 }), { nil: null }),
    cachedPromptTokens: maybeTokens,
  }),
  { nil: null },
);
const words = fc.nat({ max: 9 }).map((count) => Array<string>(count).fill("word").join(" "));
const text = fc.option(fc.record({ output: words, reasoning: words }), { nil: null });
/** Gaps in nanoseconds: none, a stall beyond 32 bits, and anything in between. */
const gap = fc.oneof(fc.constant(0), fc.nat({ max: 5e7 }), fc.constant(5e9 + 1));
const chunks = fc.array(gap, { maxLength: 12 }).map((gaps) => {
  let atNs = 1000;
  return gaps.map((ns) => (atNs += ns));
});

const firstChunk = fc.oneof(
  fc.constant({}),
  fc.record({ firstChunk: fc.record({ tokens: fc.nat({ max: 9 }) }) }),
  fc.record({ firstChunk: fc.record({ text: words }) }),
);

const success = fc.record({
  first: firstChunk,
  streaming: fc.boolean(),
  dueNs: fc.nat(),
  sentNs: fc.nat(),
  chunksAfterNs: chunks,
  inputTokens: tokens,
  requestedOutputTokens: maybeTokens,
  usage,
  text,
  phase: fc.constantFrom("profiling", "profiling", "profiling", "warmup"),
}).chain((parts) => {
  const { first: said, ...own } = parts;
  const { streaming, chunksAfterNs } = own;
  const kept = streaming ? chunksAfterNs : chunksAfterNs.slice(-1);
  return fc.option(fc.nat({ max: Math.max(0, kept.length - 1) }), { nil: null }).map((first) =>
    recordOf({
      ...own,
      ...said,
      chunksAfterNs: kept,
      firstOutputChunk: kept.length === 0 ? null : first,
    } as Partial<RequestRecord>)
  );
});
const failure = fc.record({
  outcome: fc.constantFrom("error", "cancelled", "lost"),
  chunksAfterNs: chunks,
  inputTokens: tokens,
  sentNs: fc.option(fc.nat(), { nil: null }),
}).map((parts) => failedRecordOf(parts as Partial<RequestRecord>));
const runs = fc.array(fc.oneof({ weight: 4, arbitrary: success }, failure), { maxLength: 60 });

Deno.test("the report agrees with a slow recomputation from the definitions", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(runs, (records) => {
      const report = reportOn(records);
      const { lists, scalars } = recompute(records, (text) => text.split(" ").length);
      for (const [tag, values] of Object.entries(lists)) {
        const stats = statsIn(report, tag);
        assertEquals(stats === undefined, values.length === 0, tag);
        if (!stats) continue;
        seen.add(tag);
        assertClose(stats, statisticsOf(values), tag);
      }
      for (const tag of SCALARS) {
        const expected = scalars[tag];
        assertEquals(scalarIn(report, tag) === undefined, expected === undefined, tag);
        if (expected === undefined) continue;
        seen.add(tag);
        assertClose({ avg: scalarIn(report, tag)! }, { avg: expected }, tag);
      }
    }),
    { numRuns: 200 },
  );
  // Guards against a generator that never gets to a metric.
  const missed = [...Object.keys(recompute([], () => 0).lists), ...SCALARS];
  assertEquals(missed.filter((tag) => !seen.has(tag)), []);
});

const SCALARS = [
  "request_count",
  "error_request_count",
  "cancelled_request_count",
  "completed_request_count",
  "request_error_rate",
  "benchmark_duration",
  "request_throughput",
  "output_token_throughput",
  "total_token_throughput",
  "total_isl",
  "total_osl",
  "total_output_tokens",
  "total_reasoning_tokens",
  "total_error_isl",
  "osl_mismatch_count",
];

/** To nine digits of the largest number involved: the two compute in different units. */
function assertClose(
  actual: Partial<Record<string, number>>,
  expected: Record<string, number>,
  tag: string,
): void {
  assertEquals(Object.keys(actual).sort(), Object.keys(expected).sort(), tag);
  const scale = Math.max(1e-9, ...Object.values(expected).map(Math.abs));
  for (const [name, value] of Object.entries(expected)) {
    const found = actual[name]!;
    assert(Number.isFinite(found));
    assertAlmostEquals(found, value, scale * 1e-9, `${tag} ${name}`);
  }
}
