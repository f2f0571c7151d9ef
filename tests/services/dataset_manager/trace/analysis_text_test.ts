import { assertEquals } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { analysisText } from "../../../../services/dataset_manager/trace/analysis_text.ts";
import { TraceStatistics } from "../../../../services/dataset_manager/trace/trace_statistics.ts";

/** The lines of an analysis, each with single spaces. */
function linesOf(statistics: TraceStatistics): string[] {
  const text = analysisText("t.jsonl", statistics.result);
  return text.split("\n").map((line) => line.trim().replace(/\s+/g, " ")).filter((line) => line);
}

Deno.test("an empty trace is told of without statistics", () => {
  assertEquals(linesOf(new TraceStatistics()), [
    "Trace: t.jsonl",
    "Requests 0",
    "Sessions 0",
    "Duration no times",
    "Theoretical cache hits 0.0 % of all input tokens",
    "Blocks none",
    "Unique blocks 0",
    "in several prompts 0",
    "Prefix groups 0",
    "avg std min p25 p50 p75 p90 p99 max",
  ]);
});

Deno.test("a trace is told of in seconds, tokens and percent", () => {
  const statistics = new TraceStatistics();
  for (const [blocks, timestampMs] of [[[1, 2], 0], [[1, 3], 2_500]] as const) {
    const turns = [plainTurn([], { outputTokens: 7, timestampMs })];
    const prompts = [{ inputTokens: 1_000, blocks, blockSize: 500 }];
    statistics.add({ id: null, opening: [], turns, prompts });
  }
  assertEquals(linesOf(statistics).slice(1), [
    "Requests 2",
    "Sessions 2",
    "Duration 2.5 s",
    "Theoretical cache hits 25.0 % of all input tokens",
    "Blocks 4 of 500 tokens",
    "Unique blocks 3",
    "in several prompts 1",
    "Prefix groups 1",
    "avg std min p25 p50 p75 p90 p99 max",
    "Input tokens 1,000.0 0.0 1,000.0 1,000.0 1,000.0 1,000.0 1,000.0 1,000.0 1,000.0",
    "seen before 250.0 250.0 0.0 125.0 250.0 375.0 450.0 495.0 500.0",
    "new 750.0 250.0 500.0 625.0 750.0 875.0 950.0 995.0 1,000.0",
    "Output tokens 7.0 0.0 7.0 7.0 7.0 7.0 7.0 7.0 7.0",
    "Cache hit rate (%) 25.0 25.0 0.0 12.5 25.0 37.5 45.0 49.5 50.0",
  ]);
});
