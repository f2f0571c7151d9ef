import type { RequestRecord } from "../../common/model/record.ts";

/*
 * What a request was late by falls into three parts, none of them negative, whose sum is the whole.
 * A credit may be issued and received ahead of its due time: that much is nobody's delay.
 */

/** How long after it was due the credit was issued, in nanoseconds. */
export function issueDelayNs({ issuedNs, dueNs }: RequestRecord): number {
  return Math.max(0, issuedNs - dueNs);
}

/** How long the credit was on its way to the worker after it was due, in nanoseconds. */
export function handOverDelayNs({ receivedNs, issuedNs, dueNs }: RequestRecord): number {
  return Math.max(dueNs, receivedNs) - Math.max(dueNs, issuedNs);
}

/** How long the worker took after it could have sent, in nanoseconds; null: nothing was sent. */
export function workerDelayNs({ sentNs, receivedNs, dueNs }: RequestRecord): number | null {
  return sentNs === null ? null : sentNs - Math.max(dueNs, receivedNs);
}
