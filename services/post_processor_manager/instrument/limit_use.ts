import type { Intervals, TimeWindow } from "../../../common/stats/time_weighted.ts";

/** At most so many at once, and who was it when. */
export interface UsedLimit {
  readonly limit: number;
  readonly used: Intervals;
}

/**
 * How far limits were in use while requests waited: what was in use, by what would have been if each
 * request had left as soon as they let it. 1: it is all for the limits that requests waited. Below,
 * slots stayed empty for want of us, and the rate is lower by as much than that of the server within
 * the limits.
 *
 * At each instant the limit counts that leaves the least room. null: no request had to wait.
 */
export function limitUse(
  waiting: Intervals,
  limits: readonly UsedLimit[],
  { from, to }: TimeWindow,
): number | null {
  const waits = new Count(waiting);
  const uses = limits.map(({ limit, used }) => ({ limit, count: new Count(used) }));
  const counts = [waits, ...uses.map(({ count }) => count)];
  let used = 0;
  let possible = 0;
  for (let atNs = from; atNs < to;) {
    for (const count of counts) count.goTo(atNs);
    let nextNs = to;
    for (const { nextNs: changesNs } of counts) nextNs = Math.min(nextNs, changesNs);
    if (waits.open > 0) {
      const tightest = uses.reduce((a, b) => roomOf(b) < roomOf(a) ? b : a);
      const { open } = tightest.count;
      const missing = Math.max(0, Math.min(waits.open, roomOf(tightest)));
      used += open * (nextNs - atNs);
      possible += (open + missing) * (nextNs - atNs);
    }
    atNs = nextNs;
  }
  return possible === 0 ? null : used / possible;
}

function roomOf({ limit, count }: { limit: number; count: Count }): number {
  return limit - count.open;
}

/** How many intervals are open, from instant to instant. */
class Count {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  #started = 0;
  #ended = 0;

  constructor({ starts, ends }: Intervals) {
    this.#starts = starts.toSorted();
    this.#ends = ends.toSorted();
  }

  get open(): number {
    return this.#started - this.#ended;
  }

  /** When that changes next. */
  get nextNs(): number {
    return Math.min(
      this.#starts[this.#started] ?? Infinity,
      this.#ends[this.#ended] ?? Infinity,
    );
  }

  goTo(ns: number): void {
    while (this.#starts[this.#started]! <= ns) this.#started++;
    while (this.#ends[this.#ended]! <= ns) this.#ended++;
  }
}
