/**
 * The percentile of numbers in ascending order, by linear interpolation between the two nearest.
 *
 * The rank is `(n - 1) * percent / 100`: the default method of numpy, spreadsheets and R (type 7).
 * `percent`: 0 to 100. Throws a RangeError for any other `percent` and for no numbers.
 */
export function percentileOfSorted(sorted: ArrayLike<number>, percent: number): number {
  return percentileBy(sorted.length, (rank) => sorted[rank]!, percent);
}

/** The same of `count` numbers of which `at` gives the one at a rank, from 0. */
export function percentileBy(
  count: number,
  at: (rank: number) => number,
  percent: number,
): number {
  if (count === 0) throw new RangeError("Cannot take a percentile of no numbers");
  if (!(percent >= 0 && percent <= 100)) {
    throw new RangeError(`Cannot take a percentile: it must be from 0 to 100, got ${percent}`);
  }
  const rank = (count - 1) * (percent / 100);
  const lower = Math.floor(rank);
  const below = at(lower);
  const above = at(Math.min(lower + 1, count - 1));
  return interpolate(below, above, rank - lower);
}

/** Counts from the nearer end, so that the result never leaves the interval by rounding. */
function interpolate(below: number, above: number, fraction: number): number {
  const step = above - below;
  return fraction < 0.5 ? below + step * fraction : above - step * (1 - fraction);
}
