/** A distribution: the probability of a value of at most `x`. */
export type DistributionFunction = (x: number) => number;

/**
 * The Kolmogorov–Smirnov distance: the most that the share of numbers up to `x` differs from the
 * share that a distribution expects, over all `x`. 0 to 1.
 *
 * `sorted`: in ascending order. Throws a RangeError for no numbers.
 */
export function ksDistance(sorted: ArrayLike<number>, expected: DistributionFunction): number {
  const count = sorted.length;
  if (count === 0) throw new RangeError("Cannot take the distance of no numbers");
  let distance = 0;
  for (let i = 0; i < count; i++) {
    const share = expected(sorted[i]!);
    distance = Math.max(distance, share - i / count, (i + 1) / count - share);
  }
  return distance;
}

/**
 * How likely `count` numbers that do follow the distribution are at least this far from it.
 *
 * The limiting distribution of Kolmogorov with the correction of Stephens (1970) for few numbers:
 * within 0.005 from five numbers on. The distribution must not be fitted to the numbers.
 */
export function ksPValue(distance: number, count: number): number {
  const root = Math.sqrt(count);
  return kolmogorovTail(distance * (root + 0.12 + 0.11 / root));
}

/** The probability that the limiting variable exceeds `x`. */
function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  // Two forms of one series: each needs few terms on its side.
  return x < 1.18 ? 1 - lowSeries(x) : highSeries(x);
}

function lowSeries(x: number): number {
  const base = -(Math.PI ** 2) / (8 * x * x);
  let sum = 0;
  for (let odd = 1; odd <= 7; odd += 2) sum += Math.exp(odd * odd * base);
  return Math.sqrt(2 * Math.PI) / x * sum;
}

function highSeries(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 4; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}
