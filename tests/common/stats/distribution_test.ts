import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { LARGEST_BUCKET_ERROR } from "../../../common/stats/bucket_sketch.ts";
import { Column } from "../../../common/stats/column.ts";
import { Distribution, summarizeAll } from "../../../common/stats/distribution.ts";
import { summarize } from "../../../common/stats/summary.ts";

function distributionOf(values: Iterable<number>, mostExact: number): Distribution {
  const distribution = new Distribution(mostExact);
  for (const value of values) distribution.push(value);
  return distribution;
}

function exactSummary(values: Iterable<number>) {
  const column = new Column();
  for (const value of values) column.push(value);
  return summarize(column);
}

const PERCENTILES = ["p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99"] as const;

const numbers = fc.array(
  fc.oneof(
    fc.nat(),
    fc.nat(50),
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.double({ noNaN: true, min: 1e9, max: 1.001e9 }),
  ),
  { minLength: 1, maxLength: 300 },
);

Deno.test("a distribution is exact up to its limit", () => {
  fc.assert(fc.property(numbers, (list) => {
    const distribution = distributionOf(list, list.length);
    assertEquals(distribution.isExact, true);
    assertEquals(distribution.summarize(), exactSummary(list));
  }));
});

Deno.test("beyond its limit only percentiles are off, and by less than a bucket is wide", () => {
  fc.assert(fc.property(numbers, fc.integer({ min: 1, max: 20 }), (list, mostExact) => {
    const summary = distributionOf(list, mostExact).summarize()!;
    const exact = exactSummary(list)!;
    const scale = Math.max(1, ...list.map(Math.abs));
    assertEquals([summary.count, summary.min, summary.max], [exact.count, exact.min, exact.max]);
    assertAlmostEquals(summary.sum, exact.sum, scale * 1e-9);
    assertAlmostEquals(summary.avg, exact.avg, scale * 1e-12);
    assertAlmostEquals(summary.std, exact.std, scale * 1e-7);
    const ascending = list.toSorted((a, b) => a - b);
    for (const name of PERCENTILES) {
      // Interpolated between two neighbours, each of them off by its own share.
      const lower = Math.floor((list.length - 1) * Number(name.slice(1)) / 100);
      const next = ascending[Math.min(lower + 1, list.length - 1)]!;
      const most = Math.max(Math.abs(ascending[lower]!), Math.abs(next)) * LARGEST_BUCKET_ERROR;
      assertAlmostEquals(summary[name], exact[name], most + 1e-9, name);
    }
  }));
});

Deno.test("numbers that recur keep their value beyond the limit too", () => {
  const tokens = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 1_500);
  const summary = distributionOf(tokens, 10).summarize()!;
  const exact = exactSummary(tokens)!;
  for (const name of [...PERCENTILES, "sum", "avg"] as const) {
    assertEquals(summary[name], exact[name], name);
  }
  const equal = distributionOf(Array(1_000).fill(0.1), 10).summarize()!;
  assertEquals([equal.p50, equal.p99, equal.avg, equal.std < 1e-15], [0.1, 0.1, 0.1, true]);
});

Deno.test("the same numbers in the same order give the same summary, bit by bit", () => {
  fc.assert(fc.property(numbers, (list) => {
    const [one, other] = [list, list].map((same) => distributionOf(same, 5).summarize());
    assertEquals(one, other);
  }));
});

Deno.test("numbers below zero are in order, and both zeros are one", () => {
  const distribution = distributionOf([5, -1, -1000, -0, 0, -2, 3, -1.5, 0], 1);
  const { p1, p50, p99, min, max } = distribution.summarize()!;
  assertEquals([min, p50, max], [-1000, 0, 5]);
  assert(p1 > -1000 && p1 < -900);
  assertAlmostEquals(p99, 5 - 0.08 * 2, 0.01);
});

Deno.test("what is no finite number is refused on either side of the limit", () => {
  for (const mostExact of [1, 9]) {
    const distribution = distributionOf([1, 2], mostExact);
    for (const value of [NaN, Infinity]) {
      assertThrows(() => distribution.push(value), RangeError, "finite");
    }
    assertEquals(distribution.length, 2);
  }
});

Deno.test("summarizeAll gives each distribution what it would get alone", () => {
  fc.assert(fc.property(fc.array(numbers), (all) => {
    const distributions = all.map((list) => distributionOf(list, 40));
    assertEquals(summarizeAll(distributions), distributions.map((one) => one.summarize()));
  }));
});
