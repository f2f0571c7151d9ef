/**
 * The number that a Student t variable stays within, on both sides of 0, with this probability.
 *
 * `confidence`: above 0 and below 1. `degrees`: degrees of freedom, a whole number of at least 1.
 * Throws a RangeError for anything else. Exact to twelve digits up to a confidence of 0.9999, and
 * as exact beyond it as such a number can say how far it is from 1.
 */
export function studentTCritical(confidence: number, degrees: number): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`A confidence must be above 0 and below 1, got ${confidence}`);
  }
  if (!(Number.isSafeInteger(degrees) && degrees >= 1)) {
    throw new RangeError(`Degrees of freedom must be a whole number from 1, got ${degrees}`);
  }
  // In the angle the probability is bounded and smooth, so that halving the interval is enough.
  let low = 0;
  let high = Math.PI / 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return Math.sqrt(degrees) * Math.tan(middle);
    if (probabilityWithin(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
}

/**
 * The probability that |t| is at most `√degrees · tan(angle)`: for whole degrees of freedom a sum
 * of powers of cosines (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3, 26.7.4).
 */
function probabilityWithin(angle: number, degrees: number): number {
  const cos = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = 0;
  for (let power = isOdd ? 1 : 0; power <= degrees - 2; power += 2) {
    sum += term;
    term *= cos * cos * (power + 1) / (power + 2);
  }
  const share = Math.sin(angle) * sum;
  return isOdd ? (angle + share) * 2 / Math.PI : share;
}
