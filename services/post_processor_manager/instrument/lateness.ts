import type { LatenessReport } from "../../../common/model/instrument.ts";
import { percentileOfSorted } from "../../../common/stats/percentile.ts";
import { compensatedSum } from "../../../common/stats/summary.ts";
import { delayStats } from "./delay_stats.ts";
import type { SentRequests } from "./load_tally.ts";
import { FEWEST_FOR_P99 } from "./thresholds.ts";

const MS = 1e6;

/** What the lateness is judged by. */
export interface LatenessOptions {
  /** The start is cold for so long from `startNs` on; 0: not at all. */
  readonly coldNs: number;
  readonly startNs: number;
  /** A closed loop: how late its start was shows in its concurrency. */
  readonly isClosed: boolean;
}

/**
 * How late requests left, and where on their way; null when none was sent.
 *
 * A cold start excuses what was due in it, by as much as it lasts: a thousand requests that are due
 * at once and leave over three seconds are not late because it was cold. Nor does it excuse a run of
 * which all was due in it. A closed loop is excused whatever it took.
 */
export function latenessReport(
  requests: SentRequests,
  { coldNs, startNs, isClosed }: LatenessOptions,
): LatenessReport | null {
  const { dueNs, sentNs, issueNs, handOverNs, slotWaitNs } = requests;
  const count = sentNs.length;
  if (count === 0) return null;
  const total = sentNs.map((sent, i) => sent - dueNs[i]!);
  const worker = total.map((late, i) => late - issueNs[i]! - handOverNs[i]!);
  // What it took until there was a slot is no fault of ours; what it took from then on is.
  const ours = total.map((late, i) => late - slotWaitNs[i]!);
  const isAllCold = dueNs.every((due) => due < startNs + coldNs);
  const isCold = (i: number) => dueNs[i]! < startNs + coldNs && (isClosed || !isAllCold);
  const excusedNs = isClosed ? Infinity : coldNs;
  const unexcused = ours.map((late, i) => isCold(i) ? late - excusedNs : late);
  const isJudged = (i: number) => !isCold(i) || unexcused[i]! > 0;
  const judged = unexcused.filter((_, i) => isJudged(i)).sort();
  const cold = ours.filter((_, i) => !isJudged(i)).sort();
  const limitNs = judged.length === 0
    ? null
    : percentileOfSorted(judged, judged.length < FEWEST_FOR_P99 ? 90 : 99);
  const isLatest = (i: number) => limitNs !== null && isJudged(i) && unexcused[i]! >= limitNs;
  const ofLatest = (part: Float64Array) => meanMs(part.filter((_, i) => isLatest(i)));
  return {
    requests: count,
    cold: cold.length === 0 ? null : { requests: cold.length, maxMs: cold.at(-1)! / MS },
    judged: judged.length === 0 ? null : {
      requests: judged.length,
      p50Ms: percentileOfSorted(judged, 50) / MS,
      p90Ms: percentileOfSorted(judged, 90) / MS,
      p99Ms: percentileOfSorted(judged, 99) / MS,
    },
    latest: limitNs === null ? null : {
      issueMs: ofLatest(issueNs.map((late, i) => late - slotWaitNs[i]!)),
      handOverMs: ofLatest(handOverNs),
      workerMs: ofLatest(worker),
    },
    total: delayStats(total),
    issue: delayStats(issueNs),
    handOver: delayStats(handOverNs),
    worker: delayStats(worker),
    slotWait: slotWaitOf(slotWaitNs),
  };
}

/** Of those that waited; null: none did. */
function slotWaitOf(slotWaitNs: Float64Array): LatenessReport["slotWait"] {
  const waits = slotWaitNs.filter((wait) => wait > 0);
  return waits.length === 0 ? null : { requests: waits.length, ...delayStats(waits) };
}

function meanMs(delaysNs: Float64Array): number {
  return compensatedSum(delaysNs) / delaysNs.length / MS;
}
