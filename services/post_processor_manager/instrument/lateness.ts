import type { LatenessReport } from "../../../common/model/instrument.ts";
import { percentileOfSorted } from "../../../common/stats/percentile.ts";
import { compensatedSum } from "../../../common/stats/summary.ts";
import { delayStats } from "./delay_stats.ts";
import type { SentRequests } from "./load_tally.ts";
import { FEWEST_FOR_P99 } from "./thresholds.ts";

const MS = 1e6;

/** What the lateness is judged by. */
export interface LatenessOptions {
  /** Requests that were due before are cold. */
  readonly warmFromNs: number;
  /** Requests had to wait for a slot: what that took is no fault of ours. */
  readonly wasCapped: boolean;
}

/** How late requests left, and where on their way; null when none was sent. */
export function latenessReport(
  requests: SentRequests,
  { warmFromNs, wasCapped }: LatenessOptions,
): LatenessReport | null {
  const { dueNs, sentNs, issueNs, handOverNs } = requests;
  const count = sentNs.length;
  if (count === 0) return null;
  const total = sentNs.map((sent, i) => sent - dueNs[i]!);
  const worker = total.map((late, i) => late - issueNs[i]! - handOverNs[i]!);
  const ours = wasCapped ? total.map((late, i) => late - issueNs[i]!) : total;
  const isWarm = (i: number) => dueNs[i]! >= warmFromNs;
  const judged = ours.filter((_, i) => isWarm(i)).sort();
  const cold = ours.filter((_, i) => !isWarm(i)).sort();
  const limitNs = judged.length === 0
    ? null
    : percentileOfSorted(judged, judged.length < FEWEST_FOR_P99 ? 50 : 99);
  const isLatest = (i: number) => limitNs !== null && isWarm(i) && ours[i]! >= limitNs;
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
