import { countsNothing } from "../../../common/model/completion_count.ts";
import type { Usage } from "../../../common/model/record.ts";
import type { DerivedSumMetric, Metric, RecordMetric } from "./metric.ts";
import { ratio, type RequestFacts } from "./request_facts.ts";
import { PERCENT, REQUESTS, TOKENS } from "./unit.ts";

/** Further apart than this, the server's count and ours disagree. */
export const DISCREPANCY_PERCENT = 10;

/**
 * The server's own token counts, and how far they are from ours.
 *
 * The prompt's difference is always known; that of the completion only where the tokenizer counted
 * the answer as well (`--token-count-source client`).
 */
export const USAGE_METRICS: readonly Metric[] = [
  ...counted("usage_prompt_tokens", "Usage Prompt Tokens", "promptTokens"),
  ...counted("usage_completion_tokens", "Usage Completion Tokens", "completionTokens"),
  ...counted("usage_total_tokens", "Usage Total Tokens", "totalTokens"),
  ...counted("usage_reasoning_tokens", "Usage Reasoning Tokens", "reasoningTokens"),
  ...counted(
    "usage_prompt_cache_read_tokens",
    "Usage Prompt Cache Read Tokens",
    "cachedPromptTokens",
  ),
  {
    // total_usage_prompt_cache_read_tokens / total_usage_prompt_tokens · 100.
    tag: "overall_usage_prompt_cache_read_pct",
    header: "Overall Usage Prompt Cache Read %",
    unit: PERCENT,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["total_usage_prompt_cache_read_tokens", "total_usage_prompt_tokens"],
    value: (cached, prompt) => ratio(cached! * 100, prompt!),
  },
  compared("usage_prompt_tokens_diff_pct", "Usage Prompt Diff %", promptDifference),
  compared("usage_completion_tokens_diff_pct", "Usage Completion Diff %", completionDifference),
  compared("usage_reasoning_tokens_diff_pct", "Usage Reasoning Diff %", reasoningDifference),
  {
    // Requests where one of the three differences is over 10 %, without those whose server says 0
    // tokens of an answer with content: it has not counted. Absent when none is known.
    tag: "usage_discrepancy_count",
    header: "Usage Discrepancy Count",
    unit: REQUESTS,
    consoleOrder: null,
    flags: [],
    kind: "aggregate",
    combine: "sum",
    initial: null,
    value: isDiscrepant,
  },
];

/** What the last usage of an answer says, and its sum over the requests. */
function counted(
  tag: string,
  header: string,
  field: keyof Usage,
): [RecordMetric, DerivedSumMetric] {
  const shared = { unit: TOKENS, consoleOrder: null, flags: ["larger_is_better"] } as const;
  return [
    {
      ...shared,
      tag,
      header,
      kind: "record",
      value: ({ record }) => record.usage?.[field] ?? null,
    },
    { ...shared, tag: `total_${tag}`, header: `Total ${header}`, kind: "derived_sum", of: tag },
  ];
}

/** |server − client| / client · 100. */
function compared(
  tag: string,
  header: string,
  value: (facts: RequestFacts) => number | null,
): RecordMetric {
  return { tag, header, unit: PERCENT, consoleOrder: null, flags: [], kind: "record", value };
}

function promptDifference({ record }: RequestFacts): number | null {
  return differencePercent(record.usage?.promptTokens, record.inputTokens);
}

function completionDifference({ record, tokens }: RequestFacts): number | null {
  return differencePercent(record.usage?.completionTokens, tokens.client.total);
}

function reasoningDifference({ record, tokens }: RequestFacts): number | null {
  return differencePercent(record.usage?.reasoningTokens, tokens.client.reasoning);
}

function differencePercent(
  server: number | null = null,
  client: number | null,
): number | null {
  if (server === null || client === null) return null;
  return ratio(Math.abs(server - client) * 100, client);
}

function isDiscrepant(facts: RequestFacts): number | null {
  if (facts.record.outcome !== "success" || countsNothing(facts.record)) return null;
  const known = [promptDifference(facts), completionDifference(facts), reasoningDifference(facts)]
    .filter((percent) => percent !== null);
  if (known.length === 0) return null;
  return known.some((percent) => percent > DISCREPANCY_PERCENT) ? 1 : 0;
}
