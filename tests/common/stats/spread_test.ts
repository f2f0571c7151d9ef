import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deriveRandom, randomNormal } from "../../../common/runtime/random.ts";
import { spreadOf } from "../../../common/stats/spread.ts";

Deno.test("the spread of five values is what a hand computes", () => {
  // Deviations -1.2, 0.8, -3.2, 3.8, -0.2; squares 1.44 + 0.64 + 10.24 + 14.44 + 0.04 = 26.8.
  const { n, mean, min, max, precision } = spreadOf([150, 152, 148, 155, 151], 0.95);
  assertEquals({ n, mean, min, max }, { n: 5, mean: 151.2, min: 148, max: 155 });
  assertAlmostEquals(precision!.std, Math.sqrt(6.7), 1e-12);
  assertAlmostEquals(precision!.cv, 0.017119284531, 1e-11);
  assertAlmostEquals(precision!.se, Math.sqrt(1.34), 1e-12);
  assertAlmostEquals(precision!.tCritical, 2.77644510519779, 1e-9);
  assertAlmostEquals(precision!.ciLow, 147.986032429268, 1e-9);
  assertAlmostEquals(precision!.ciHigh, 154.413967570732, 1e-9);
});

Deno.test("two values have an interval of one degree of freedom", () => {
  const { precision } = spreadOf([1, 3], 0.9);
  assertAlmostEquals(precision!.std, Math.SQRT2, 1e-15);
  assertAlmostEquals(precision!.se, 1, 1e-15);
  assertAlmostEquals(precision!.ciLow, 2 - 6.31375151467504, 1e-9);
});

Deno.test("one value has no interval", () => {
  assertEquals(spreadOf([7], 0.95), { n: 1, mean: 7, min: 7, max: 7, precision: null });
});

Deno.test("no values have no spread", () => {
  assertThrows(() => spreadOf([], 0.95), RangeError, "Cannot take the spread of no values");
});

Deno.test("around a mean of 0 the coefficient of variation is infinite", () => {
  assertEquals(spreadOf([-1, 1], 0.95).precision!.cv, Infinity);
  assertEquals(spreadOf([0, 0], 0.95).precision!.cv, Infinity);
  assertAlmostEquals(spreadOf([-1, -3], 0.95).precision!.cv, Math.SQRT2 / 2, 1e-15);
});

const measurements = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 2,
  maxLength: 10,
});

Deno.test("the spread agrees with a sum over all pairs, and does not hang on the order", () => {
  fc.assert(
    fc.property(measurements, (values) => {
      const spread = spreadOf(values, 0.95);
      const n = values.length;
      let squares = 0;
      for (const a of values) for (const b of values) squares += (a - b) ** 2;
      const std = Math.sqrt(squares / (2 * n * (n - 1)));
      assertAlmostEquals(spread.precision!.std, std, 1e-9 + 1e-9 * std);
      const { mean, min, max, precision } = spread;
      assert(min <= mean && mean <= max);
      assert(precision!.ciLow <= mean && mean <= precision!.ciHigh);
      const reversed = spreadOf(values.toReversed(), 0.95);
      assertAlmostEquals(reversed.mean, mean, 1e-9);
      assertAlmostEquals(reversed.precision!.std, precision!.std, 1e-9 + 1e-12 * std);
    }),
    { seed: 3 },
  );
});

Deno.test("equal values have no spread at all", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
      for (const n of [2, 3, 7, 10]) {
        const { mean, precision } = spreadOf(Array<number>(n).fill(value), 0.95);
        assertEquals([mean, precision!.std, precision!.ciLow], [value + 0, 0, value + 0]);
      }
    }),
    { seed: 4 },
  );
});

for (const [n, confidence] of [[2, 0.9], [3, 0.95], [5, 0.95], [10, 0.99]] as const) {
  Deno.test(`of ${confidence} intervals over ${n} normal values, that share holds the mean`, () => {
    const trials = 4000;
    const random = deriveRandom(20, `coverage ${n}`);
    let covered = 0;
    for (let i = 0; i < trials; i++) {
      const values = Array.from({ length: n }, () => randomNormal(random, 100, 7));
      const { ciLow, ciHigh } = spreadOf(values, confidence).precision!;
      if (ciLow <= 100 && 100 <= ciHigh) covered++;
    }
    const deviation = Math.sqrt(confidence * (1 - confidence) / trials);
    assertAlmostEquals(covered / trials, confidence, 3.5 * deviation);
  });
}
