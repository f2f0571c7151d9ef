import { assertAlmostEquals, assertEquals } from "@std/assert";
import { benchmarkSse } from "./sse_bench.ts";

Deno.test("the event stream benchmark measures both ways of reading", () => {
  for (const eventsPerRead of [1, 16]) {
    const result = benchmarkSse(eventsPerRead, 1000);
    assertEquals(result.eventsPerRead, eventsPerRead);
    assertEquals(result.eventsPerSecond > 0 && result.bareEventsPerSecond > 0, true);
    assertAlmostEquals(result.ratio, result.eventsPerSecond / result.bareEventsPerSecond);
  }
});
