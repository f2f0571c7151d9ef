import type {
  ArrivalsReport,
  ArrivalStats,
  KsTest,
  SteadyArrivals,
} from "../../../common/model/instrument.ts";
import { gammaCdf } from "../../../common/stats/gamma_distribution.ts";
import { ksDistance, ksPValue } from "../../../common/stats/kolmogorov_smirnov.ts";
import { compensatedSum } from "../../../common/stats/summary.ts";
import type { LoadFacts } from "./load_facts.ts";
import type { SentRequests } from "./load_tally.ts";

const NS_PER_SECOND = 1e9;

/** The approximation of the p-value is poor below. */
const FEWEST_KS_GAPS = 5;

/** What is known of the phase besides its requests. */
export interface ArrivalsOptions {
  readonly issued: number;
  readonly unsent: number;
  readonly wasCapped: boolean;
  readonly moved: ArrivalsReport["moved"];
  /** Of a rate that changes, the mean; null: it is none. */
  readonly meanAskedPerSecond: number | null;
  /** When the ramp of the rate is at its end; null: it has none. */
  readonly rampEndNs: number | null;
}

/**
 * The arrivals as they were sent against the schedule, and the schedule against what was asked for.
 *
 * Both are put in the order of their times: a server knows nothing of which request is which.
 */
export function arrivalsReport(
  requests: Pick<SentRequests, "dueNs" | "sentNs">,
  facts: LoadFacts,
  { issued, unsent, wasCapped, moved, meanAskedPerSecond, rampEndNs }: ArrivalsOptions,
): ArrivalsReport {
  const { dueNs, sentNs } = requests;
  // While the rate grows, no one distribution is asked for.
  const shape = rampEndNs === null ? facts : { ...facts, gapShape: null };
  const scheduledGaps = gapsOf(dueNs);
  const sentGaps = gapsOf(sentNs);
  let largestErrorNs = 0;
  for (let i = 0; i < sentGaps.length; i++) {
    largestErrorNs = Math.max(largestErrorNs, Math.abs(sentGaps[i]! - scheduledGaps[i]!));
  }
  return {
    pattern: facts.pattern,
    askedRatePerSecond: facts.ratePerSecond,
    meanAskedRatePerSecond: meanAskedPerSecond,
    issued,
    unsent,
    scheduled: arrivalStats(dueNs.length, scheduledGaps, shape),
    sent: arrivalStats(sentNs.length, sentGaps, shape),
    largestGapErrorMs: sentGaps.length === 0 ? null : largestErrorNs / 1e6,
    moved,
    wasCapped,
    steady: rampEndNs === null ? null : afterRamp(requests, facts, rampEndNs),
  };
}

/** The same of the requests that were due from the end of the ramp on. */
function afterRamp(
  { dueNs, sentNs }: Pick<SentRequests, "dueNs" | "sentNs">,
  facts: LoadFacts,
  rampEndNs: number,
): SteadyArrivals {
  const isSteady = (_: number, i: number) => dueNs[i]! >= rampEndNs;
  const of = (timesNs: Float64Array) => arrivalStats(timesNs.length, gapsOf(timesNs), facts);
  return { scheduled: of(dueNs.filter(isSteady)), sent: of(sentNs.filter(isSteady)) };
}

function gapsOf(timesNs: Float64Array): Float64Array {
  const sorted = timesNs.toSorted();
  return Float64Array.from(
    { length: Math.max(0, sorted.length - 1) },
    (_, i) => sorted[i + 1]! - sorted[i]!,
  );
}

function arrivalStats(count: number, gaps: Float64Array, facts: LoadFacts): ArrivalStats {
  const meanNs = gaps.length === 0 ? 0 : compensatedSum(gaps) / gaps.length;
  if (meanNs === 0) return { count, ratePerSecond: null, gapCv: null, ks: null };
  const squares = gaps.map((gap) => (gap - meanNs) ** 2);
  const deviationNs = Math.sqrt(compensatedSum(squares) / gaps.length);
  return {
    count,
    ratePerSecond: NS_PER_SECOND / meanNs,
    gapCv: gaps.length < 2 ? null : deviationNs / meanNs,
    ks: ksTest(gaps, facts),
  };
}

/** Against the rate asked for, not the one that came about: nothing is fitted to the gaps. */
function ksTest(gaps: Float64Array, { ratePerSecond, gapShape }: LoadFacts): KsTest | null {
  if (ratePerSecond === null || gapShape === null || gaps.length < FEWEST_KS_GAPS) return null;
  const meanNs = NS_PER_SECOND / ratePerSecond;
  const distance = ksDistance(gaps.toSorted(), (gap) => gammaCdf(gap, gapShape, meanNs));
  return { distance, pValue: ksPValue(distance, gaps.length) };
}
