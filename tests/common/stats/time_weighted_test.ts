import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { averageOpen, type Intervals, maxOpen } from "../../../common/stats/time_weighted.ts";

function intervals(...pairs: [number, number][]): Intervals {
  return {
    starts: Float64Array.from(pairs, ([start]) => start),
    ends: Float64Array.from(pairs, ([, end]) => end),
  };
}

Deno.test("averageOpen weighs each number of open intervals by how long it lasts", () => {
  const open = intervals([0, 10], [0, 5], [20, 30]);
  assertEquals(averageOpen(open, { from: 0, to: 10 }), 1.5);
  assertEquals(averageOpen(open, { from: 5, to: 25 }), 0.5);
  assertEquals(averageOpen(open, { from: 100, to: 200 }), 0);
  assertEquals(averageOpen(intervals(), { from: 0, to: 1 }), 0);
});

Deno.test("maxOpen does not count an interval that ends as another starts", () => {
  assertEquals(maxOpen(intervals([0, 10], [10, 20])), 1);
  assertEquals(maxOpen(intervals([0, 11], [10, 20])), 2);
  assertEquals(maxOpen(intervals([0, 3], [1, 4], [2, 5], [3, 6])), 3);
  assertEquals(maxOpen(intervals()), 0);
});

Deno.test("averageOpen and maxOpen agree with counting at every instant", () => {
  const interval = fc.tuple(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 20 }))
    .map(([start, length]): [number, number] => [start, start + length]);
  fc.assert(fc.property(fc.array(interval, { maxLength: 30 }), (pairs) => {
    const openAt = Array.from(
      { length: 80 },
      (_, t) => pairs.filter(([start, end]) => start <= t && t < end).length,
    );
    const open = intervals(...pairs);
    assertEquals(maxOpen(open), Math.max(0, ...openAt));
    const sum = openAt.slice(10, 60).reduce((a, b) => a + b, 0);
    assertAlmostEquals(averageOpen(open, { from: 10, to: 60 }), sum / 50, 1e-9);
  }));
});
