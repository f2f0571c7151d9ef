import { assertEquals } from "@std/assert";
import type { MetricsOptions } from "../../helpers/metrics_of.ts";
import { reportOn, statsIn, valuesOf } from "../../helpers/metrics_of.ts";
import { recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

/** Vectors, scores: an answer that came whole and has no text, though the run asked for some. */
const VECTORS = recordOf({
  streaming: false,
  chunksAfterNs: [20e6],
  firstOutputChunk: 0,
  endAfterNs: 20e6,
  inputTokens: 12,
  requestedOutputTokens: 50,
  text: null,
  usage: {
    promptTokens: 12,
    completionTokens: null,
    totalTokens: 12,
    reasoningTokens: null,
    cachedPromptTokens: null,
  },
});

function of(type: string, tokenCountSource: "auto" | "server" | "client"): MetricsOptions {
  return { endpoint: { ...runConfigOf().endpoint, type }, tokenCountSource };
}

Deno.test("an answer without text has latency and input tokens, and no metric of output tokens", () => {
  for (const source of ["auto", "server", "client"] as const) {
    const values = valuesOf(VECTORS, of("embeddings", source));
    const about = Object.keys(values).filter((tag) => !/schedule|lateness|drop/.test(tag));
    assertEquals(
      about.toSorted(),
      [
        "input_sequence_length",
        "request_latency",
        "usage_prompt_tokens",
        "usage_prompt_tokens_diff_pct",
        "usage_total_tokens",
      ],
    );
    assertEquals(values["request_latency"], 20);
    assertEquals(values["input_sequence_length"], 12);
  }
});

Deno.test("nobody misses the output tokens of an API that writes no text", () => {
  const report = reportOn([VECTORS, VECTORS], of("nim_rankings", "server"));
  assertEquals(report.warnings, []);
  assertEquals(statsIn(report, "total_isl")?.avg, 24);
  assertEquals(statsIn(report, "output_token_throughput"), undefined);
  assertEquals(reportOn([VECTORS], of("chat", "server")).warnings.length, 1);
});
