import type { LoadPlan, RatePoint } from "../model/run_config.ts";

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

/** A load that has a rate. */
export type OpenLoad = Extract<LoadPlan, { kind: "open" }>;

/** A point of the rate, and how many arrivals come before it on the mean. */
interface Knot {
  readonly atNs: number;
  readonly ratePerSecond: number;
  readonly count: number;
}

/**
 * A rate over time and its integral, the number of arrivals.
 *
 * The rate runs in straight lines between its points and stays as it is after the last. Both ways,
 * from time to count and back, are computed in one step from the points, so that nothing adds up.
 */
export class RateProfile {
  readonly #knots: readonly Knot[];

  /** `points`: at least one, the first at 0, in the order of their times. */
  constructor(points: readonly RatePoint[]) {
    const knots: Knot[] = [];
    for (const { atMs, ratePerSecond } of points) {
      const atNs = atMs * NS_PER_MS;
      const last = knots.at(-1);
      const count = last ? last.count + countBetween(last, { atNs, ratePerSecond }) : 0;
      knots.push({ atNs, ratePerSecond, count });
    }
    this.#knots = knots;
  }

  /** When `count` arrivals are reached, in ns after the start; Infinity when they never are. */
  timeNs(count: number): number {
    const after = this.#firstKnot((knot) => knot.count >= count);
    if (after === 0) return 0;
    const from = this.#knots[after - 1]!;
    const to = this.#knots[after];
    const missing = count - from.count;
    if (to === undefined) return from.atNs + missing * NS_PER_SECOND / from.ratePerSecond;
    // r·t + a·t²/2 = missing, solved in the form that loses no digits when a is small.
    const slope = (to.ratePerSecond - from.ratePerSecond) * NS_PER_SECOND / (to.atNs - from.atNs);
    const root = Math.sqrt(Math.max(0, from.ratePerSecond ** 2 + 2 * slope * missing));
    return from.atNs + 2 * missing / (from.ratePerSecond + root) * NS_PER_SECOND;
  }

  /** How many arrivals are reached `ns` after the start, on the mean. */
  countAt(ns: number): number {
    const after = this.#firstKnot((knot) => knot.atNs > ns);
    if (after === 0) return 0;
    const from = this.#knots[after - 1]!;
    return from.count + countBetween(from, { atNs: ns, ratePerSecond: this.rateAt(ns) });
  }

  /** The rate `ns` after the start, in arrivals per second. */
  rateAt(ns: number): number {
    const after = this.#firstKnot((knot) => knot.atNs > ns);
    const from = this.#knots[Math.max(0, after - 1)]!;
    const to = this.#knots[after];
    if (to === undefined || after === 0) return from.ratePerSecond;
    const part = (ns - from.atNs) / (to.atNs - from.atNs);
    return from.ratePerSecond + part * (to.ratePerSecond - from.ratePerSecond);
  }

  /** The index of the first knot for which `holds`, which then holds for all after it. */
  #firstKnot(holds: (knot: Knot) => boolean): number {
    let low = 0;
    let high = this.#knots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#knots[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The rate of a load over time. */
export function rateProfileOf({ ratePerSecond, rateRampMs, rateSeries }: OpenLoad): RateProfile {
  if (rateSeries !== null) return new RateProfile(rateSeries);
  if (rateRampMs === 0) return new RateProfile([{ atMs: 0, ratePerSecond }]);
  return new RateProfile([
    { atMs: 0, ratePerSecond: 0 },
    { atMs: rateRampMs, ratePerSecond },
  ]);
}

type Instant = Pick<Knot, "atNs" | "ratePerSecond">;

function countBetween(from: Instant, to: Instant): number {
  return (from.ratePerSecond + to.ratePerSecond) / 2 * (to.atNs - from.atNs) / NS_PER_SECOND;
}
