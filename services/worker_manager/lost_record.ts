import type { Credit } from "../../common/model/credit.ts";
import type { RequestRecord } from "../../common/model/record.ts";

/** What is known of a request whose worker is gone. */
export interface LostRequest {
  readonly credit: Credit;
  readonly workerId: string;
  readonly model: string;
  readonly streaming: boolean;
  /** How the worker ended, in words. */
  readonly reason: string;
}

/** The record of a credit whose worker died with it: it may or may not have been sent. */
export function lostRecord(
  { credit, workerId, model, streaming, reason }: LostRequest,
): RequestRecord {
  const { id, phase, index, conversationIndex, turnIndex, isLastTurn, dueNs, issuedNs } = credit;
  return {
    creditId: id,
    phase,
    index,
    conversationIndex,
    conversationId: "",
    turnIndex,
    isLastTurn,
    requestId: "",
    correlationId: "",
    workerId,
    model,
    streaming,
    outcome: "lost",
    dueNs,
    issuedNs,
    receivedNs: issuedNs,
    sentNs: null,
    headersAfterNs: null,
    chunksAfterNs: [],
    firstOutputChunk: null,
    endAfterNs: null,
    inputTokens: null,
    requestedOutputTokens: null,
    usage: null,
    text: null,
    httpStatus: null,
    error: { code: null, type: "WorkerLost", message: `The worker ${reason}` },
  };
}
