import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { percentileOfSorted } from "../../../common/stats/percentile.ts";

Deno.test("percentileOfSorted agrees with values worked out by hand", () => {
  const tens = [10, 20, 30, 40, 50];
  // Rank (5 - 1) * p: 1 % → 0.04, 10 % → 0.4, 90 % → 3.6, 99 % → 3.96.
  assertAlmostEquals(percentileOfSorted(tens, 1), 10.4, 1e-12);
  assertAlmostEquals(percentileOfSorted(tens, 10), 14, 1e-12);
  assertEquals(percentileOfSorted(tens, 25), 20);
  assertEquals(percentileOfSorted(tens, 50), 30);
  assertAlmostEquals(percentileOfSorted(tens, 90), 46, 1e-12);
  assertAlmostEquals(percentileOfSorted(tens, 99), 49.6, 1e-12);
  assertEquals(percentileOfSorted([1, 2, 3, 4], 50), 2.5);
  assertEquals(percentileOfSorted([1, 2, 3, 4], 75), 3.25);
  assertEquals(percentileOfSorted([7], 99), 7);
  assertEquals(percentileOfSorted(tens, 0), 10);
  assertEquals(percentileOfSorted(tens, 100), 50);
});

Deno.test("percentileOfSorted stays between its neighbours and never falls as p rises", () => {
  const lists = fc.array(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), { minLength: 1 });
  const percents = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(fc.property(lists, percents, (list, [a, b]) => {
    const sorted = Float64Array.from(list).sort();
    const low = percentileOfSorted(sorted, Math.min(a, b));
    const high = percentileOfSorted(sorted, Math.max(a, b));
    assert(sorted[0]! <= low && low <= high && high <= sorted[sorted.length - 1]!);
  }));
});

Deno.test("percentileOfSorted refuses an empty list and a percent outside of 0 to 100", () => {
  assertThrows(() => percentileOfSorted([], 50), RangeError, "no numbers");
  for (const percent of [-1, 101, NaN]) {
    assertThrows(() => percentileOfSorted([1], percent), RangeError, `got ${percent}`);
  }
});
