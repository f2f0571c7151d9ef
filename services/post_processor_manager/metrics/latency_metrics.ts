import type { RequestRecord } from "../../../common/model/record.ts";
import type { Metric } from "./metric.ts";
import { difference, ratio, type RequestFacts } from "./request_facts.ts";
import { MILLISECONDS, TOKENS_PER_SECOND, TOKENS_PER_SECOND_PER_USER } from "./unit.ts";

const NS_PER_SECOND = 1e9;

/**
 * The timeline of one request.
 *
 * A chunk is an event that brings content, reasoning or part of a tool call; its time is that of
 * the network read that completed it. `sent` is the moment just before the request went out.
 * An answer that is not streamed has one chunk: its last byte.
 */
export const LATENCY_METRICS: readonly Metric[] = [
  {
    // First chunk − sent. Reasoning counts.
    tag: "time_to_first_token",
    header: "Time to First Token",
    unit: MILLISECONDS,
    consoleOrder: 100,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => firstChunkNs(record),
  },
  {
    // Second chunk − first chunk.
    tag: "time_to_second_token",
    header: "Time to Second Token",
    unit: MILLISECONDS,
    consoleOrder: 200,
    flags: ["streaming"],
    kind: "record",
    value: ({ record: { chunksAfterNs: [first, second] } }) =>
      difference(second ?? null, first ?? null),
  },
  {
    // First chunk that is not reasoning − sent.
    tag: "time_to_first_output_token",
    header: "Time to First Output Token",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => firstOutputChunkNs(record),
  },
  {
    // Last chunk − sent: a final usage event, [DONE] and the close of the stream are left out.
    tag: "request_latency",
    header: "Request Latency",
    unit: MILLISECONDS,
    consoleOrder: 300,
    flags: [],
    kind: "record",
    value: ({ record }) => lastChunkNs(record),
  },
  {
    // request_latency − time_to_first_token.
    tag: "decode_duration",
    header: "Decode Duration",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => decodeNs(record),
  },
  {
    // (request_latency − time_to_first_token) / (output_sequence_length − 1), for two tokens and
    // more: what others call time per output token.
    tag: "inter_token_latency",
    header: "Inter Token Latency",
    unit: MILLISECONDS,
    consoleOrder: 400,
    flags: ["streaming"],
    kind: "record",
    value: interTokenNs,
  },
  {
    // The gap before every chunk but the first. Chunks of one network read are 0 apart.
    tag: "inter_chunk_latency",
    header: "Inter Chunk Latency",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record_list",
    value: ({ record }) => chunkGapsNs(record),
  },
  {
    // 1 / inter_token_latency in seconds; absent when all the chunks came at once.
    tag: "output_token_throughput_per_user",
    header: "Output Token Throughput Per User",
    unit: TOKENS_PER_SECOND_PER_USER,
    consoleOrder: 500,
    flags: ["streaming", "larger_is_better"],
    kind: "record",
    value: (facts) => ratio(NS_PER_SECOND, interTokenNs(facts)),
  },
  {
    // output_sequence_length / request_latency in seconds.
    tag: "e2e_output_token_throughput",
    header: "E2E Output Token Throughput",
    unit: TOKENS_PER_SECOND_PER_USER,
    consoleOrder: 510,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ record, tokens }) => perSecond(tokens.total, lastChunkNs(record)),
  },
  {
    // input_sequence_length / time_to_first_token in seconds.
    tag: "prefill_throughput_per_user",
    header: "Prefill Throughput Per User",
    unit: TOKENS_PER_SECOND_PER_USER,
    consoleOrder: null,
    flags: ["streaming", "larger_is_better"],
    kind: "record",
    value: ({ record, tokens }) => perSecond(tokens.input, firstChunkNs(record)),
  },
  {
    // The same under the name that the reference tool had for it first.
    tag: "prefill_throughput",
    header: "Prefill Throughput",
    unit: TOKENS_PER_SECOND,
    consoleOrder: null,
    flags: ["streaming", "larger_is_better"],
    kind: "record",
    value: ({ record, tokens }) => perSecond(tokens.input, firstChunkNs(record)),
  },
  {
    // Response headers − sent.
    tag: "stream_setup_latency",
    header: "Stream Setup Latency",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => record.headersAfterNs,
  },
  {
    // time_to_first_token − stream_setup_latency.
    tag: "stream_prefill_latency",
    header: "Stream Prefill Latency",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => difference(firstChunkNs(record), record.headersAfterNs),
  },
];

/** Arrival of the last chunk, nanoseconds after the request was sent; null without chunks. */
export function lastChunkNs({ chunksAfterNs }: RequestRecord): number | null {
  return chunksAfterNs[chunksAfterNs.length - 1] ?? null;
}

/** Arrival of the first chunk, nanoseconds after the request was sent; null without chunks. */
export function firstChunkNs({ chunksAfterNs }: RequestRecord): number | null {
  return chunksAfterNs[0] ?? null;
}

/** Arrival of the first chunk that is not reasoning, likewise; null when there is none. */
export function firstOutputChunkNs(
  { chunksAfterNs, firstOutputChunk }: RequestRecord,
): number | null {
  return firstOutputChunk === null ? null : chunksAfterNs[firstOutputChunk] ?? null;
}

function decodeNs(record: RequestRecord): number | null {
  return difference(lastChunkNs(record), firstChunkNs(record));
}

function interTokenNs({ record, tokens }: RequestFacts): number | null {
  if (tokens.total === null || tokens.total < 2) return null;
  return ratio(decodeNs(record), tokens.total - 1);
}

function chunkGapsNs({ chunksAfterNs }: RequestRecord): number[] | null {
  if (chunksAfterNs.length < 2) return null;
  const gaps = new Array<number>(chunksAfterNs.length - 1);
  for (let i = 0; i < gaps.length; i++) gaps[i] = chunksAfterNs[i + 1]! - chunksAfterNs[i]!;
  return gaps;
}

function perSecond(amount: number | null, durationNs: number | null): number | null {
  return ratio(amount, durationNs === null ? null : durationNs / NS_PER_SECOND);
}
