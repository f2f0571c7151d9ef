import type { RequestRecord } from "../../common/model/record.ts";

const MS = 1e6;

/**
 * A streamed request that went well: due and sent at 1 s, headers after 50 ms, five chunks from
 * 100 ms on every 10 ms, 20 prompt tokens, 5 output tokens by the server's count.
 */
export function recordOf(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    creditId: 0,
    phase: "profiling",
    index: 0,
    conversationIndex: 0,
    conversationId: "conversation_0",
    turnIndex: 0,
    isLastTurn: true,
    requestId: "request_0",
    correlationId: "correlation_0",
    workerId: "worker_0",
    model: "mock",
    urlIndex: 0,
    streaming: true,
    outcome: "success",
    dueNs: 1000 * MS,
    issuedNs: 1000 * MS,
    receivedNs: 1000 * MS,
    conversationWaitNs: 0,
    sentNs: 1000 * MS,
    connectNs: null,
    openConnections: null,
    headersAfterNs: 50 * MS,
    chunksAfterNs: [100 * MS, 110 * MS, 120 * MS, 130 * MS, 140 * MS],
    firstOutputChunk: 0,
    endAfterNs: 141 * MS,
    inputTokens: 20,
    isStandalone: false,
    requestedOutputTokens: 5,
    usage: {
      promptTokens: 20,
      completionTokens: 5,
      totalTokens: 25,
      reasoningTokens: null,
      cachedPromptTokens: null,
    },
    text: null,
    media: null,
    httpStatus: 200,
    error: null,
    ...change,
  };
}

/** A request that the server refused after 30 ms. */
export function failedRecordOf(change: Partial<RequestRecord> = {}): RequestRecord {
  return recordOf({
    outcome: "error",
    headersAfterNs: 30 * MS,
    chunksAfterNs: [],
    firstOutputChunk: null,
    endAfterNs: 30 * MS,
    usage: null,
    httpStatus: 503,
    error: { code: 503, type: "HTTPError", message: "Service Unavailable" },
    ...change,
  });
}
