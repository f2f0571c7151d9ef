import type { Credit } from "./credit.ts";
import { creditedRequest } from "./credited_request.ts";
import { modelFor, urlIndexOf } from "./model_choice.ts";
import type { RequestRecord } from "./record.ts";
import type { EndpointPlan } from "./run_config.ts";

/** What is known of a request whose record went down with a process. */
export interface LostRequest {
  readonly credit: Credit;
  /** Who had the credit last; null when no worker is known to have had it. */
  readonly workerId: string | null;
  readonly endpoint: Pick<EndpointPlan, "urls" | "model" | "modelChoice" | "streaming">;
  /** What became of it, in a sentence. */
  readonly reason: string;
}

/** The record of a credit that nobody can tell the end of: it may or may not have been sent. */
export function lostRecord({ credit, workerId, endpoint, reason }: LostRequest): RequestRecord {
  const { urls, model, modelChoice } = endpoint;
  return {
    ...creditedRequest(credit),
    conversationId: "",
    requestId: "",
    correlationId: "",
    workerId: workerId ?? "none",
    model: modelChoice === null ? model : modelFor(modelChoice, credit, urls.length),
    urlIndex: urlIndexOf(credit, urls.length),
    streaming: endpoint.streaming,
    outcome: "lost",
    receivedNs: credit.issuedNs,
    conversationWaitNs: 0,
    sentNs: null,
    connectNs: null,
    openConnections: null,
    headersAfterNs: null,
    chunksAfterNs: [],
    firstOutputChunk: null,
    endAfterNs: null,
    inputTokens: null,
    isStandalone: false,
    requestedOutputTokens: null,
    usage: null,
    text: null,
    media: null,
    httpStatus: null,
    error: {
      code: null,
      type: workerId === null ? "CreditLost" : "WorkerLost",
      message: reason,
    },
  };
}
