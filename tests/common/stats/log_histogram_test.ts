import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { LogHistogram } from "../../../common/stats/log_histogram.ts";

Deno.test("a histogram's percentiles are at most 5 % too high and never too low", () => {
  const numbers = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(numbers, fc.constantFrom(1, 50, 90, 99, 100), (values, percent) => {
    const histogram = new LogHistogram();
    for (const value of values) histogram.add(value);
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.ceil(values.length * percent / 100) - 1]!;
    const found = histogram.percentile(percent);
    assert(found >= exact * (1 - 1e-9), `${found} is below ${exact}`);
    assert(found <= Math.max(exact, 1e-6) * 1.0501, `${found} is far above ${exact}`);
    assertEquals(histogram.max, sorted.at(-1));
    assertEquals(histogram.count, values.length);
  }));
});

Deno.test("an empty histogram is all zeros, and negative numbers count as 0", () => {
  const histogram = new LogHistogram();
  assertEquals([histogram.count, histogram.max, histogram.percentile(99)], [0, 0, 0]);
  histogram.add(-3);
  assertEquals([histogram.count, histogram.max, histogram.percentile(99)], [1, 0, 0]);
});
