import type {
  ArrivalsReport,
  ArrivalStats,
  KsTest,
  SteadyArrivals,
  UnevenGaps,
} from "../../../common/model/instrument.ts";
import { gammaCdf } from "../../../common/stats/gamma_distribution.ts";
import { ksDistance, ksPValue } from "../../../common/stats/kolmogorov_smirnov.ts";
import { compensatedSum } from "../../../common/stats/summary.ts";
import type { LoadFacts } from "./load_facts.ts";
import type { SentRequests } from "./load_tally.ts";

const NS_PER_SECOND = 1e9;

/** The approximation of the p-value is poor below. */
const FEWEST_KS_GAPS = 5;

/** A gap of a constant rate that differs from the one asked for by this part of it is uneven. */
const UNEVEN_PART = 0.5;

/** What is known of the phase besides its requests. */
export interface ArrivalsOptions {
  readonly issued: number;
  readonly unsent: number;
  readonly overdue: number;
  readonly wasCapped: boolean;
  readonly moved: ArrivalsReport["moved"];
  /** Of a rate that changes, the mean; null: it is none. */
  readonly meanAskedPerSecond: number | null;
  /** When the ramp of the rate is at its end; null: it has none. */
  readonly rampEndNs: number | null;
  /** What is due before is excused by a cold start, unless all is; 0: nothing is. */
  readonly coldEndNs: number;
}

/** Arrivals with the gaps between them, each kind in the order of its times. */
interface Arrivals extends Pick<SentRequests, "dueNs" | "sentNs"> {
  readonly dueGapsNs: Float64Array;
  readonly sentGapsNs: Float64Array;
}

/** What the gaps are held against. */
interface Shape extends Pick<LoadFacts, "pattern" | "ratePerSecond" | "gapShape"> {
  /** The position of the first arrival that no cold start excuses. */
  readonly firstWarm: number;
}

/**
 * The arrivals as they were sent against the schedule, and the schedule against what was asked for.
 *
 * Both are put in the order of their times: a server knows nothing of which request is which.
 */
export function arrivalsReport(
  requests: Pick<SentRequests, "dueNs" | "sentNs">,
  facts: LoadFacts,
  options: ArrivalsOptions,
): ArrivalsReport {
  const { issued, unsent, overdue, wasCapped, moved, meanAskedPerSecond, rampEndNs } = options;
  // While the rate grows, no one distribution is asked for.
  const whole = rampEndNs === null ? facts : { ...facts, ratePerSecond: null };
  const arrivals = withGaps(requests);
  return {
    pattern: facts.pattern,
    askedRatePerSecond: facts.ratePerSecond,
    meanAskedRatePerSecond: meanAskedPerSecond,
    issued,
    unsent,
    overdue,
    ...scheduledAndSent(arrivals, whole, options),
    largestGapErrorMs: largestGapErrorMs(arrivals),
    moved,
    wasCapped,
    steady: rampEndNs === null
      ? null
      : scheduledAndSent(withGaps(dueFrom(rampEndNs, requests)), facts, options),
  };
}

function withGaps({ dueNs, sentNs }: Pick<SentRequests, "dueNs" | "sentNs">): Arrivals {
  return { dueNs, sentNs, dueGapsNs: gapsOf(dueNs), sentGapsNs: gapsOf(sentNs) };
}

function scheduledAndSent(
  { dueNs, sentNs, dueGapsNs, sentGapsNs }: Arrivals,
  facts: LoadFacts,
  { coldEndNs }: ArrivalsOptions,
): SteadyArrivals {
  const cold = dueNs.filter((due) => due < coldEndNs).length;
  const shape = { ...facts, firstWarm: cold === dueNs.length ? 0 : cold };
  return {
    scheduled: arrivalStats(dueNs.length, dueGapsNs, shape),
    sent: arrivalStats(sentNs.length, sentGapsNs, shape),
  };
}

function dueFrom(
  fromNs: number,
  { dueNs, sentNs }: Pick<SentRequests, "dueNs" | "sentNs">,
): Pick<SentRequests, "dueNs" | "sentNs"> {
  const isMeant = (_: number, i: number) => dueNs[i]! >= fromNs;
  return { dueNs: dueNs.filter(isMeant), sentNs: sentNs.filter(isMeant) };
}

function largestGapErrorMs({ dueGapsNs, sentGapsNs }: Arrivals): number | null {
  if (sentGapsNs.length === 0) return null;
  let largestErrorNs = 0;
  for (let i = 0; i < sentGapsNs.length; i++) {
    largestErrorNs = Math.max(largestErrorNs, Math.abs(sentGapsNs[i]! - dueGapsNs[i]!));
  }
  return largestErrorNs / 1e6;
}

function gapsOf(timesNs: Float64Array): Float64Array {
  const sorted = timesNs.toSorted();
  return Float64Array.from(
    { length: Math.max(0, sorted.length - 1) },
    (_, i) => sorted[i + 1]! - sorted[i]!,
  );
}

function arrivalStats(count: number, gaps: Float64Array, shape: Shape): ArrivalStats {
  const meanNs = gaps.length === 0 ? 0 : compensatedSum(gaps) / gaps.length;
  const unevenGaps = unevenGapsOf(gaps, shape);
  if (meanNs === 0) return { count, ratePerSecond: null, gapCv: null, ks: null, unevenGaps };
  const squares = gaps.map((gap) => (gap - meanNs) ** 2);
  const deviationNs = Math.sqrt(compensatedSum(squares) / gaps.length);
  return {
    count,
    ratePerSecond: NS_PER_SECOND / meanNs,
    gapCv: gaps.length < 2 ? null : deviationNs / meanNs,
    ks: ksTest(gaps, shape),
    unevenGaps,
  };
}

/** Against the rate asked for, not the one that came about: nothing is fitted to the gaps. */
function ksTest(gaps: Float64Array, { ratePerSecond, gapShape, firstWarm }: Shape): KsTest | null {
  const judged = gaps.subarray(firstWarm);
  if (ratePerSecond === null || gapShape === null || judged.length < FEWEST_KS_GAPS) return null;
  const meanNs = NS_PER_SECOND / ratePerSecond;
  const distance = ksDistance(judged.toSorted(), (gap) => gammaCdf(gap, gapShape, meanNs));
  return { distance, pValue: ksPValue(distance, judged.length) };
}

/**
 * Likewise, and not by their variation: that a single long pause would decide, of whatever cause.
 * Here it counts for itself and for those that were due in it and left together.
 */
function unevenGapsOf(
  gaps: Float64Array,
  { pattern, ratePerSecond, firstWarm }: Shape,
): UnevenGaps | null {
  const judged = gaps.subarray(firstWarm);
  if (pattern !== "constant" || ratePerSecond === null || judged.length === 0) return null;
  const askedNs = NS_PER_SECOND / ratePerSecond;
  const isUneven = (gap: number) => Math.abs(gap - askedNs) >= UNEVEN_PART * askedNs;
  return { gaps: judged.length, share: judged.filter(isUneven).length / judged.length };
}
