import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { Column } from "../../../common/stats/column.ts";
import { compensatedSum, summarize } from "../../../common/stats/summary.ts";

function summaryOf(values: Iterable<number>) {
  const column = new Column();
  for (const value of values) column.push(value);
  return summarize(column);
}

Deno.test("summarize agrees with a table worked out by hand", () => {
  // Mean 5, squared deviations 9+1+1+1+0+0+4+16 = 32, 32 / 8 = 4.
  const summary = summaryOf([2, 4, 4, 4, 5, 5, 7, 9])!;
  assertEquals(summary.count, 8);
  assertEquals(summary.sum, 40);
  assertEquals(summary.avg, 5);
  assertEquals(summary.std, 2);
  assertEquals([summary.min, summary.max], [2, 9]);
  // Rank 7 * p / 100: 0.07, 0.35, 0.7, 1.75, 3.5, 5.25, 6.3, 6.65, 6.93.
  const expected = {
    p1: 2.14,
    p5: 2.7,
    p10: 3.4,
    p25: 4,
    p50: 4.5,
    p75: 5.5,
    p90: 7.6,
    p95: 8.3,
    p99: 8.86,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertAlmostEquals(summary[name as keyof typeof expected], value, 1e-12, name);
  }
});

Deno.test("summarize gives nothing for nothing and a point for one value", () => {
  assertEquals(summaryOf([]), null);
  const one = summaryOf([3.5])!;
  assertEquals(new Set([one.avg, one.min, one.max, one.p1, one.p50, one.p99, one.sum]).size, 1);
  assertEquals([one.std, one.count], [0, 1]);
});

Deno.test("summarize finds no spread in equal values, however many", () => {
  const summary = summaryOf(Array(100_003).fill(0.1))!;
  assertEquals(summary.std, 0);
  assertEquals(summary.avg, 0.1);
});

Deno.test("summarize keeps the digits of small deviations on a large offset", () => {
  // Instants near 2^53: the textbook formula E[x²] − E[x]² is off by more than the answer itself.
  const offset = 9e15;
  const summary = summaryOf([offset + 4, offset + 7, offset + 13, offset + 16])!;
  assertAlmostEquals(summary.std, Math.sqrt(22.5), 1e-9);
  assertEquals(summary.avg, offset + 10);
});

Deno.test("compensatedSum keeps what plain addition loses", () => {
  assertEquals(compensatedSum([1, 1e100, 1, -1e100]), 2);
  assertEquals(compensatedSum(new Float64Array(1_000_000).fill(0.1)), 100_000);
});

Deno.test("summarize agrees with a slow computation straight from the definitions", () => {
  const values = fc.array(
    fc.oneof(fc.nat(), fc.double({ noNaN: true, min: -1e9, max: 1e9 })),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(fc.property(values, (list) => {
    const summary = summaryOf(list)!;
    const scale = Math.max(1, ...list.map(Math.abs));
    const mean = list.reduce((sum, value) => sum + value / list.length, 0);
    const variance = list.reduce((sum, value) => sum + (value - mean) ** 2 / list.length, 0);
    assertAlmostEquals(summary.avg, mean, scale * 1e-12);
    assertAlmostEquals(summary.std, Math.sqrt(variance), scale * 1e-9);
    assertEquals(summary.min, Math.min(...list) + 0);
    assertEquals(summary.max, Math.max(...list) + 0);
    for (const percent of [1, 5, 10, 25, 50, 75, 90, 95, 99] as const) {
      assertAlmostEquals(summary[`p${percent}`], slowPercentile(list, percent), scale * 1e-12);
    }
  }));
});

/** The weighted mean of the two values around the rank, found by counting. */
function slowPercentile(list: readonly number[], percent: number): number {
  const ascending = [...list].sort((a, b) => a - b);
  const hundredths = (list.length - 1) * percent;
  const rank = Math.trunc(hundredths / 100);
  const weight = (hundredths % 100) / 100;
  const next = ascending[rank + 1] ?? ascending[rank]!;
  return ascending[rank]! * (1 - weight) + next * weight;
}
