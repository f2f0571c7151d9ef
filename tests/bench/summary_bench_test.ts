import { assert, assertEquals } from "@std/assert";
import { measureSummary } from "./summary_bench.ts";

Deno.test("measureSummary feeds as many records as it is told", () => {
  const cost = measureSummary(1500);
  assertEquals(cost.requests, 1500);
  assert(cost.addMs > 0 && cost.summariseMs > 0 && cost.rssBytes > 0);
});
