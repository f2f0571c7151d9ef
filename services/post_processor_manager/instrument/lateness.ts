import type { LatenessReport } from "../../../common/model/instrument.ts";
import { percentileOfSorted } from "../../../common/stats/percentile.ts";
import { delayStats } from "./delay_stats.ts";
import type { SentRequests } from "./load_tally.ts";

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
  const judged = ours.filter((_, i) => dueNs[i]! >= warmFromNs).sort();
  const cold = ours.filter((_, i) => dueNs[i]! < warmFromNs).sort();
  return {
    requests: count,
    cold: cold.length === 0 ? null : { requests: cold.length, maxMs: cold.at(-1)! / MS },
    judged: judged.length === 0 ? null : {
      requests: judged.length,
      p50Ms: percentileOfSorted(judged, 50) / MS,
      p99Ms: percentileOfSorted(judged, 99) / MS,
    },
    total: delayStats(total),
    issue: delayStats(issueNs),
    handOver: delayStats(handOverNs),
    worker: delayStats(worker),
  };
}
