import type { RequestRecord } from "../../common/model/record.ts";

/*
 * What a request was late by falls into three parts, none of them negative, whose sum is the whole.
 * A credit may be issued and received ahead of its due time: that much is nobody's delay.
 */

/**
 * How long after it was due the credit was issued, in nanoseconds, but for what it waited for a worker
 * that was behind.
 */
export function issueDelayNs({ issuedNs, dueNs, backlogWaitNs = 0 }: RequestRecord): number {
  return Math.max(0, issuedNs - dueNs - backlogWaitNs);
}

/** How long the credit was on its way to the worker after it was due, in nanoseconds. */
export function handOverDelayNs({ receivedNs, issuedNs, dueNs }: RequestRecord): number {
  return Math.max(dueNs, receivedNs) - Math.max(dueNs, issuedNs);
}

/**
 * How long the worker took after it could have sent, in nanoseconds, what it could not take the credit
 * for included; null: nothing was sent.
 */
export function workerDelayNs(
  { sentNs, receivedNs, dueNs, backlogWaitNs = 0 }: RequestRecord,
): number | null {
  return sentNs === null ? null : sentNs - Math.max(dueNs, receivedNs) + backlogWaitNs;
}
