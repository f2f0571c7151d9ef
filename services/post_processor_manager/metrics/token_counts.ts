import type { RequestRecord } from "../../../common/model/record.ts";

/** Counts the tokens of a text. */
export interface TokenCounter {
  count(text: string): number;
}

/** Where token counts come from. */
export type TokenCountSource = "auto" | "server" | "client";

/** The token counts of one answer; null for what is not known. */
export interface OutputTokens {
  /** Without the reasoning. */
  readonly output: number | null;
  readonly reasoning: number | null;
  /** Output and reasoning together. */
  readonly total: number | null;
}

/** The token counts of one request. */
export interface TokenCounts extends OutputTokens {
  readonly input: number | null;
  /** What the tokenizer says about the answer, where it was asked. */
  readonly client: OutputTokens;
}

/** No answer, or no count of it. */
const UNKNOWN: OutputTokens = { output: null, reasoning: null, total: null };

/** Whether `countTokens` will ask the tokenizer about this record. */
export function needsTokenizer(record: RequestRecord, source: TokenCountSource): boolean {
  if (record.outcome !== "success" || record.text === null) return false;
  if (source === "auto") return completionTokens(record) === null;
  return source === "client";
}

/**
 * The token counts of a request.
 *
 * Output: `server` takes the server's usage, `client` the tokenizer's count of the text, `auto` the
 * usage where the server gives one and the tokenizer's count where not. Input: the prompt without
 * a chat template as the run's tokenizer counts it, unless the source is `server`. `tokenizer` is
 * only called where `needsTokenizer` says so; without one, such texts have no count.
 */
export function countTokens(
  record: RequestRecord,
  source: TokenCountSource,
  tokenizer: () => TokenCounter | null,
): TokenCounts {
  const input = source === "server" ? record.usage?.promptTokens ?? null : record.inputTokens;
  if (record.outcome !== "success") return { ...UNKNOWN, input, client: UNKNOWN };
  const client = needsTokenizer(record, source) ? clientCount(record, tokenizer()) : UNKNOWN;
  const useServer = source === "server" ||
    (source === "auto" && completionTokens(record) !== null);
  return { ...(useServer ? serverCount(record) : client), input, client };
}

/** Completion tokens include the reasoning, where the server counts that at all. */
function serverCount(record: RequestRecord): OutputTokens {
  const total = completionTokens(record);
  if (total === null) return UNKNOWN;
  const reasoning = record.usage?.reasoningTokens ?? null;
  return { output: Math.max(0, total - (reasoning ?? 0)), reasoning, total };
}

function clientCount({ text }: RequestRecord, tokenizer: TokenCounter | null): OutputTokens {
  const { output: outputText, reasoning: reasoningText } = text!;
  if (tokenizer === null) return UNKNOWN;
  if (outputText === "" && reasoningText === "") return UNKNOWN;
  const output = outputText === "" ? 0 : tokenizer.count(outputText);
  const reasoning = reasoningText === "" ? null : tokenizer.count(reasoningText);
  return { output, reasoning, total: output + (reasoning ?? 0) };
}

function completionTokens({ usage }: RequestRecord): number | null {
  return usage?.completionTokens ?? null;
}
