import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gammaCdf, logGamma } from "../../../common/stats/gamma_distribution.ts";

Deno.test("logGamma is the logarithm of factorials and of the root of pi", () => {
  let factorial = 1;
  for (let n = 1; n < 20; n++) {
    assertAlmostEquals(logGamma(n), Math.log(factorial), 1e-12 * Math.max(1, Math.log(factorial)));
    factorial *= n;
  }
  assertAlmostEquals(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-13);
  assertAlmostEquals(logGamma(0.25), Math.log(3.625609908221908), 1e-12);
});

Deno.test("gammaCdf of whole shapes is the Poisson sum", () => {
  for (const shape of [1, 2, 3, 7, 20]) {
    for (const x of [0.01, 0.3, 1, 1.7, 4]) {
      const scaled = x * shape;
      let term = Math.exp(-scaled);
      let below = 0;
      for (let k = 0; k < shape; k++) {
        below += term;
        term *= scaled / (k + 1);
      }
      assertAlmostEquals(gammaCdf(x, shape, 1), 1 - below, 1e-12, `shape ${shape}, x ${x}`);
    }
  }
});

Deno.test("gammaCdf of shape one half is the chi-squared distribution of one degree", () => {
  // Mean 1, so that x is a chi-squared value: the well-known quantiles.
  for (const [x, p] of [[0.454936, 0.5], [2.705543, 0.9], [3.841459, 0.95], [6.634897, 0.99]]) {
    assertAlmostEquals(gammaCdf(x!, 0.5, 1), p!, 1e-6);
  }
});

Deno.test("gammaCdf is the integral of its density", () => {
  for (const [shape, mean] of [[0.7, 2], [2.5, 0.1], [40, 5]] as const) {
    const density = (x: number) =>
      Math.exp(
        (shape - 1) * Math.log(x) - x * shape / mean - logGamma(shape) -
          shape * Math.log(mean / shape),
      );
    const steps = 20_000;
    const from = mean / 2;
    const width = mean / steps;
    let integral = 0;
    for (let i = 0; i < steps; i++) integral += density(from + (i + 0.5) * width) * width;
    const found = gammaCdf(from + mean, shape, mean) - gammaCdf(from, shape, mean);
    assertAlmostEquals(found, integral, 1e-7);
  }
});

Deno.test("gammaCdf is 0 up to 0, rises, and ends at 1", () => {
  assertEquals(gammaCdf(0, 3, 1), 0);
  assertEquals(gammaCdf(-1, 3, 1), 0);
  let before = 0;
  for (let x = 0.05; x < 30; x += 0.05) {
    const share = gammaCdf(x, 3, 1);
    assert(share >= before - 1e-13 && share <= 1);
    before = share;
  }
  assertAlmostEquals(before, 1, 1e-12);
  assertEquals(gammaCdf(1e6, 3, 1), 1);
});
