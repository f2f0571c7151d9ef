import { firstChunkNs, lastChunkNs } from "./latency_metrics.ts";
import type { Metric } from "./metric.ts";
import { difference, ratio, type RequestFacts } from "./request_facts.ts";
import { MILLISECONDS, TOKENS, TOKENS_PER_CHUNK } from "./unit.ts";

/**
 * What servers that send several tokens in a chunk look like; all of it ours, not the reference
 * tool's, whose inter_token_latency stays as it is.
 *
 * The first chunk is all that came with the first network read that brought content: pieces of one
 * read cannot be told apart in time. How its tokens are known is in `token_counts.ts`.
 */
export const CHUNK_METRICS: readonly Metric[] = [
  {
    // Output tokens that were sent (reasoning that a server counts but keeps is not) / chunks.
    tag: "tokens_per_chunk",
    header: "Tokens per Chunk",
    unit: TOKENS_PER_CHUNK,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record, tokens }) => ratio(tokens.streamed, record.chunksAfterNs.length),
  },
  {
    // Tokens of the first chunk.
    tag: "first_chunk_tokens",
    header: "First Chunk Tokens",
    unit: TOKENS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ tokens }) => tokens.firstChunk,
  },
  {
    // The longest of the request's inter chunk latencies.
    tag: "largest_stall",
    header: "Largest Stall",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: largestGapNs,
  },
  {
    // (request_latency − time_to_first_token) / (tokens that were sent − first_chunk_tokens): the
    // tokens of the first chunk took none of that time. The same as inter_token_latency where the
    // first chunk has one token; absent when all tokens came with it.
    tag: "chunk_adjusted_inter_token_latency",
    header: "Chunk Adjusted Inter Token Latency",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: adjustedInterTokenNs,
  },
];

function largestGapNs({ record: { chunksAfterNs } }: RequestFacts): number | null {
  if (chunksAfterNs.length < 2) return null;
  let largest = 0;
  for (let i = 1; i < chunksAfterNs.length; i++) {
    largest = Math.max(largest, chunksAfterNs[i]! - chunksAfterNs[i - 1]!);
  }
  return largest;
}

function adjustedInterTokenNs({ record, tokens }: RequestFacts): number | null {
  const decodeNs = difference(lastChunkNs(record), firstChunkNs(record));
  return ratio(decodeNs, difference(tokens.streamed, tokens.firstChunk));
}
