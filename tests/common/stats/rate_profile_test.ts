import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RateProfile, rateProfileOf } from "../../../common/stats/rate_profile.ts";
import { openLoad } from "../../helpers/phase_plan.ts";

const SECOND = 1e9;

Deno.test("a steady rate reaches each count at count / rate", () => {
  const profile = rateProfileOf(openLoad(4));
  assertEquals([0, 1, 2, 4_000].map((n) => profile.timeNs(n) / SECOND), [0, 0.25, 0.5, 1_000]);
  assertEquals(profile.countAt(2.5 * SECOND), 10);
  assertEquals(profile.rateAt(7), 4);
});

Deno.test("a ramp reaches count n at the square root of 2 n T / r, then goes on steadily", () => {
  const profile = rateProfileOf(openLoad(100, { rateRampMs: 10_000 }));
  for (const n of [0, 1, 2, 3, 50, 499, 500]) {
    assertAlmostEquals(profile.timeNs(n) / SECOND, Math.sqrt(2 * n * 10 / 100), 1e-9);
  }
  assertAlmostEquals(profile.timeNs(501) / SECOND, 10.01, 1e-9);
  assertEquals([0, 5, 10, 20].map((s) => profile.countAt(s * SECOND)), [0, 125, 500, 1_500]);
  assertEquals([0, 5, 10, 20].map((s) => profile.rateAt(s * SECOND)), [0, 50, 100, 100]);
});

Deno.test("two points at one time are a step", () => {
  const profile = rateProfileOf(openLoad(1, {
    rateSeries: [
      { atMs: 0, ratePerSecond: 10 },
      { atMs: 1_000, ratePerSecond: 10 },
      { atMs: 1_000, ratePerSecond: 100 },
    ],
  }));
  assertEquals([5, 10, 11, 110].map((n) => Math.round(profile.timeNs(n) / 1e6)), [
    500,
    1_000,
    1_010,
    2_000,
  ]);
});

Deno.test("nothing comes while the rate is 0, and nothing any more when it stays 0", () => {
  const profile = new RateProfile([
    { atMs: 0, ratePerSecond: 1 },
    { atMs: 1_000, ratePerSecond: 1 },
    { atMs: 1_000, ratePerSecond: 0 },
    { atMs: 5_000, ratePerSecond: 0 },
    { atMs: 5_000, ratePerSecond: 2 },
    { atMs: 6_000, ratePerSecond: 2 },
    { atMs: 6_000, ratePerSecond: 0 },
  ]);
  assertEquals([0, 1, 2, 3, 3.001].map((n) => profile.timeNs(n) / SECOND), [
    0,
    1,
    5.5,
    6,
    Infinity,
  ]);
});

const points = fc.array(
  fc.record({ gapMs: fc.integer({ min: 0, max: 5_000 }), rate: fc.integer({ min: 0, max: 900 }) }),
  { minLength: 1, maxLength: 8 },
).map((steps) => {
  let atMs = 0;
  const all = steps.map(({ gapMs, rate }, i) => {
    atMs += i === 0 ? 0 : gapMs;
    return { atMs, ratePerSecond: rate };
  });
  return [...all, { atMs: atMs + 1, ratePerSecond: 5 }];
});

Deno.test("time and count are each other's inverse, and neither ever falls", () => {
  fc.assert(fc.property(points, fc.double({ min: 0, max: 10_000, noNaN: true }), (made, count) => {
    const profile = new RateProfile(made);
    const ns = profile.timeNs(count);
    assertAlmostEquals(profile.countAt(ns), count, 1e-6 * (1 + count));
    assert(profile.timeNs(count + 1) >= ns);
  }));
});

Deno.test("the count is the area under the rate", () => {
  fc.assert(
    fc.property(points, (made) => {
      const profile = new RateProfile(made);
      const endNs = made.at(-1)!.atMs * 1e6;
      const steps = 2_000;
      let area = 0;
      for (let i = 0; i < steps; i++) {
        area += profile.rateAt((i + 0.5) / steps * endNs) * endNs / steps / SECOND;
      }
      assertAlmostEquals(profile.countAt(endNs), area, 900 * endNs / SECOND / steps * made.length);
    }),
    { numRuns: 30 },
  );
});
