import type { Credit } from "./credit.ts";
import type { RequestRecord } from "./record.ts";

/** What the record of a request has from its credit. */
export type CreditedRequest = Pick<
  RequestRecord,
  | "creditId"
  | "phase"
  | "index"
  | "conversationIndex"
  | "turnIndex"
  | "isLastTurn"
  | "dueNs"
  | "slotWaitNs"
  | "movedNs"
  | "backlogWaitNs"
  | "issuedNs"
>;

/** What is known of a request before anybody has it in hand. */
export function creditedRequest(credit: Credit): CreditedRequest {
  const { id, phase, index, conversationIndex, turnIndex, isLastTurn } = credit;
  const { dueNs, slotWaitNs, movedNs, backlogWaitNs, issuedNs } = credit;
  return {
    creditId: id,
    phase,
    index,
    conversationIndex,
    turnIndex,
    isLastTurn,
    dueNs,
    ...(slotWaitNs !== undefined && { slotWaitNs }),
    ...(movedNs !== undefined && { movedNs }),
    ...(backlogWaitNs !== undefined && { backlogWaitNs }),
    issuedNs,
  };
}
