import type { DelayStats } from "../../../common/model/instrument.ts";
import { percentileOfSorted } from "../../../common/stats/percentile.ts";
import { compensatedSum } from "../../../common/stats/summary.ts";

const MS = 1e6;

/** The distribution of delays in ns, of which there is one at least. */
export function delayStats(delaysNs: Float64Array): DelayStats {
  const sorted = delaysNs.toSorted();
  const ms = (percent: number) => percentileOfSorted(sorted, percent) / MS;
  const avgMs = compensatedSum(sorted) / sorted.length / MS;
  return { avgMs, p50Ms: ms(50), p90Ms: ms(90), p99Ms: ms(99), maxMs: ms(100) };
}
