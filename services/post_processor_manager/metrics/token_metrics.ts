import type { Metric } from "./metric.ts";
import { ratio, type RequestFacts } from "./request_facts.ts";
import { PERCENT, RATIO, REQUESTS, TOKENS } from "./unit.ts";

const MISMATCH_SHARE = 0.05;
const MISMATCH_TOKENS = 50;

/** Lengths of prompts and answers in tokens; where the counts come from is in `token_counts.ts`. */
export const TOKEN_METRICS: readonly Metric[] = [
  {
    // Output and reasoning tokens together.
    tag: "output_sequence_length",
    header: "Output Sequence Length",
    unit: TOKENS,
    consoleOrder: 600,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ tokens }) => tokens.total,
  },
  {
    // Tokens of the prompt, without a chat template.
    tag: "input_sequence_length",
    header: "Input Sequence Length",
    unit: TOKENS,
    consoleOrder: 700,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ tokens }) => tokens.input,
  },
  {
    // Output tokens without the reasoning.
    tag: "output_token_count",
    header: "Output Token Count",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ tokens }) => tokens.output,
  },
  {
    // Reasoning tokens, where there is reasoning or the server counts it.
    tag: "reasoning_token_count",
    header: "Reasoning Token Count",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ tokens }) => tokens.reasoning,
  },
  {
    // reasoning_token_count / output_token_count.
    tag: "thinking_efficiency",
    header: "Thinking Efficiency",
    unit: RATIO,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ tokens }) => ratio(tokens.reasoning, tokens.output),
  },
  {
    // (output_sequence_length − requested) / requested · 100: negative for early stops.
    tag: "osl_mismatch_diff_pct",
    header: "OSL Mismatch Diff %",
    unit: PERCENT,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: mismatchPercent,
  },
  {
    // Requests whose output differs from the requested length by more than 5 %, or 50 tokens if
    // that is less. Absent when no length was requested.
    tag: "osl_mismatch_count",
    header: "OSL Mismatch Count",
    unit: REQUESTS,
    consoleOrder: null,
    flags: [],
    kind: "aggregate",
    combine: "sum",
    initial: null,
    value: isMismatch,
  },
  {
    // Prompt tokens of a request that did not succeed: failed, cancelled or lost.
    tag: "error_isl",
    header: "Error Input Sequence Length",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["unsuccessful"],
    kind: "record",
    value: ({ tokens }) => tokens.input,
  },
  {
    tag: "total_osl",
    header: "Total Output Sequence Length",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived_sum",
    of: "output_sequence_length",
  },
  {
    tag: "total_isl",
    header: "Total Input Sequence Length",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived_sum",
    of: "input_sequence_length",
  },
  {
    tag: "total_output_tokens",
    header: "Total Output Tokens",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived_sum",
    of: "output_token_count",
  },
  {
    tag: "total_reasoning_tokens",
    header: "Total Reasoning Tokens",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived_sum",
    of: "reasoning_token_count",
  },
  {
    // total_reasoning_tokens / total_output_tokens.
    tag: "overall_thinking_efficiency",
    header: "Overall Thinking Efficiency",
    unit: RATIO,
    consoleOrder: null,
    flags: [],
    kind: "derived",
    from: ["total_reasoning_tokens", "total_output_tokens"],
    value: (reasoning, output) => ratio(reasoning!, output!),
  },
  {
    tag: "total_error_isl",
    header: "Total Error Input Sequence Length",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["unsuccessful"],
    kind: "derived_sum",
    of: "error_isl",
  },
];

function mismatchPercent({ record, tokens }: RequestFacts): number | null {
  const requested = record.requestedOutputTokens;
  if (requested === null || tokens.total === null) return null;
  return ratio((tokens.total - requested) * 100, requested);
}

function isMismatch({ record, tokens }: RequestFacts): number | null {
  const requested = record.requestedOutputTokens;
  if (requested === null || requested === 0 || tokens.total === null) return null;
  const allowed = Math.min(requested * MISMATCH_SHARE, MISMATCH_TOKENS);
  return Math.abs(tokens.total - requested) > allowed ? 1 : 0;
}
