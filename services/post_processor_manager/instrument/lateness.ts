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
  /** Requests had to wait for a slot: what that took is no fault of ours. */
  readonly wasCapped: boolean;
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
  { coldNs, startNs, isClosed, wasCapped }: LatenessOptions,
): LatenessReport | null {
  const { dueNs, sentNs, issueNs, handOverNs } = requests;
  const count = sentNs.length;
  if (count === 0) return null;
  const total = sentNs.map((sent, i) => sent - dueNs[i]!);
  const worker = total.map((late, i) => late - issueNs[i]! - handOverNs[i]!);
  const ours = wasCapped ? total.map((late, i) => late - issueNs[i]!) : total;
  const isAllCold = dueNs.every((due) => due < startNs + coldNs);
  const isCold = (i: number) => dueNs[i]! < startNs + coldNs && (isClosed || !isAllCold);
  const excusedNs = isClosed ? Infinity : coldNs;
  const unexcused = ours.map((late, i) => isCold(i) ? late - excusedNs : late);
  const isJudged = (i: number) => !isCold(i) || unexcused[i]! > 0;
  const judged = unexcused.filter((_, i) => isJudged(i)).sort();
  const cold = ours.filter((_, i) => !isJudged(i)).sort();
  const limitNs = judged.length === 0
    ? null
    : percentileOfSorted(judged, judged.length < FEWEST_FOR_P99 ? 50 : 99);
  const isLatest = (i: number) => limitNs !== null && isJudged(i) && unexcused[i]! >= limitNs;
  const ofLatest = (part: Float64Array) => meanMs(part.filter((_, i) => isLatest(i)));
  return {
    requests: count,
    cold: cold.length === 0 ? null : { requests: cold.length, maxMs: cold.at(-1)! / MS },
    judged: judged.length === 0 ? null : {
      requests: judged.length,
      p50Ms: percentileOfSorted(judged, 50) / MS,
      p99Ms: percentileOfSorted(judged, 99) / MS,
    },
    latest: limitNs === null ? null : {
      issueMs: wasCapped ? 0 : ofLatest(issueNs),
      handOverMs: ofLatest(handOverNs),
      workerMs: ofLatest(worker),
    },
    total: delayStats(total),
    issue: delayStats(issueNs),
    handOver: delayStats(handOverNs),
    worker: delayStats(worker),
  };
}

function meanMs(delaysNs: Float64Array): number {
  return compensatedSum(delaysNs) / delaysNs.length / MS;
}
