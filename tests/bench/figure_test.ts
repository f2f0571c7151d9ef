import { assertEquals, assertStringIncludes } from "@std/assert";
import { figure, figureTable, isMet, median, quantile, ratioOf } from "./figure.ts";

const reference = { what: "bare", value: 50 };

Deno.test("a figure without a target is neither met nor missed", () => {
  assertEquals(isMet(figure("x", [1, "ms"])), null);
});

Deno.test("a target may be about the figure or about its ratio to the reference", () => {
  const ofValue = figure("x", [100, "ms"], { reference, target: { of: "value", atMost: 99 } });
  const ofRatio = figure("x", [100, "ms"], { reference, target: { of: "ratio", atMost: 2 } });
  assertEquals(ratioOf(ofValue), 2);
  assertEquals(isMet(ofValue), false);
  assertEquals(isMet(ofRatio), true);
});

Deno.test("the table says of each figure what it should be and whether it is", () => {
  const target = { of: "value", atLeast: 1_999, atMost: 2_001 } as const;
  const table = figureTable([figure("requests", [2_000, "/s"], { reference, target })]);
  assertStringIncludes(table, "requests  2,000 /s       bare: 50   40 ×  ≥ 1,999, ≤ 2,001  met");
});

Deno.test("quantiles are values that were measured", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(quantile([4, 1, 3, 2], 0.99), 4);
  assertEquals(quantile([4, 1, 3, 2], 0), 1);
});
