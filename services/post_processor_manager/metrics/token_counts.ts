import { completionCount } from "../../../common/model/completion_count.ts";
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
  /** Those that were sent: all but reasoning that the server counts and keeps to itself. */
  readonly streamed: number | null;
  /** Of the first chunk of a stream, as far as that is known. */
  readonly firstChunk: number | null;
  /** What the tokenizer says about the answer, where it was asked. */
  readonly client: OutputTokens;
}

/** No answer, or no count of it. */
const UNKNOWN: OutputTokens = { output: null, reasoning: null, total: null };

/** Whether `countTokens` will ask the tokenizer about this record. */
export function needsTokenizer(record: RequestRecord, source: TokenCountSource): boolean {
  return needsTextCount(record, source) || firstText(record, source) !== null;
}

function needsTextCount(record: RequestRecord, source: TokenCountSource): boolean {
  if (record.outcome !== "success" || record.text === null) return false;
  if (source === "auto") return !isCounted(record);
  return source === "client";
}

/**
 * The token counts of a request.
 *
 * Output: `server` takes the server's usage, `client` the tokenizer's count of the text, `auto` the
 * usage where the server gives one (0 for an answer with content is none) and the tokenizer's count
 * where not. Input: the prompt without a chat template as the run's tokenizer counts it, unless the
 * source is `server`. `tokenizer` is only called where `needsTokenizer` says so; without one, such
 * texts have no count.
 */
export function countTokens(
  record: RequestRecord,
  source: TokenCountSource,
  tokenizer: () => TokenCounter | null,
): TokenCounts {
  const input = source === "server" ? record.usage?.promptTokens ?? null : record.inputTokens;
  if (record.outcome !== "success") {
    return { ...UNKNOWN, input, streamed: null, firstChunk: null, client: UNKNOWN };
  }
  const client = needsTextCount(record, source) ? clientCount(record, tokenizer()) : UNKNOWN;
  const useServer = source === "server" || (source === "auto" && isCounted(record));
  const counts = useServer ? serverCount(record) : client;
  const streamed = streamedTokens(record, counts);
  const firstChunk = firstChunkTokens(record, streamed, () => {
    const text = firstText(record, source);
    return text === null ? null : tokenizer()?.count(text) ?? null;
  });
  return { ...counts, input, streamed, firstChunk, client };
}

/** Reasoning that is sent comes before anything else. */
function streamedTokens(
  { firstOutputChunk }: RequestRecord,
  { output, reasoning, total }: OutputTokens,
): number | null {
  return firstOutputChunk === 0 && reasoning !== null ? output : total;
}

/** The text of the first chunk, if its tokens are to be counted. */
function firstText(
  { outcome, firstChunk }: RequestRecord,
  source: TokenCountSource,
): string | null {
  if (outcome !== "success" || source === "server" || firstChunk === undefined) return null;
  return "text" in firstChunk ? firstChunk.text : null;
}

/**
 * The tokens of the first chunk of a stream: all of them when everything came at once, else what the
 * server said there, one for each chunk of the first read where there are no more tokens than chunks, and
 * elsewhere what the tokenizer says of the text.
 */
function firstChunkTokens(
  { streaming, chunksAfterNs, firstChunk }: RequestRecord,
  total: number | null,
  count: () => number | null,
): number | null {
  if (!streaming || total === null || chunksAfterNs.length === 0) return null;
  const together = chunksAfterNs.findIndex((afterNs) => afterNs !== chunksAfterNs[0]);
  if (together < 0) return total;
  if (firstChunk !== undefined && "tokens" in firstChunk) return Math.min(firstChunk.tokens, total);
  if (total <= chunksAfterNs.length) return Math.min(together, total);
  const counted = count();
  return counted === null ? null : Math.min(counted, total);
}

/** Completion tokens include the reasoning, where the server counts that at all. */
function serverCount(record: RequestRecord): OutputTokens {
  const total = record.usage?.completionTokens ?? null;
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

/** Whether the server has counted the answer. */
function isCounted({ usage, chunksAfterNs }: RequestRecord): boolean {
  return completionCount(usage, chunksAfterNs.length > 0) !== null;
}
