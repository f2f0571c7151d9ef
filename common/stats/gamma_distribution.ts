/** Where both expansions of the integral have surely converged. */
const MAX_TERMS = 100_000;
const PRECISION = 1e-15;

/** Lanczos's approximation with g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/**
 * The probability that a gamma variable of this shape and mean is at most `x`.
 *
 * Shape 1 is the exponential distribution. `shape` and `mean`: above 0. The incomplete gamma
 * function by its series or its continued fraction, whichever converges quickly.
 */
export function gammaCdf(x: number, shape: number, mean: number): number {
  if (x <= 0) return 0;
  const scaled = x * shape / mean;
  if (shape === 1) return -Math.expm1(-scaled);
  const front = Math.exp(shape * Math.log(scaled) - scaled - logGamma(shape));
  return scaled < shape + 1
    ? Math.min(1, front * lowerSeries(shape, scaled))
    : Math.max(0, 1 - front * upperFraction(shape, scaled));
}

/** The logarithm of the gamma function. `z`: above 0. */
export function logGamma(z: number): number {
  // Below one half the approximation is poor; the reflection leads to where it is good.
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const shifted = z - 1;
  const sum = LANCZOS.reduce((total, term, i) => i === 0 ? term : total + term / (shifted + i));
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let i = 1; i < MAX_TERMS; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}
