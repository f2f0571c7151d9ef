import { assertEquals } from "@std/assert";
import { StopRule } from "../../../services/timing_manager/stop_rule.ts";
import { phasePlanOf } from "../../helpers/phase_plan.ts";

function rule(maxRequests: number | null, maxDurationMs: number | null): StopRule {
  return new StopRule(phasePlanOf({ maxRequests, maxDurationMs }), 1_000);
}

Deno.test("a count stops at the request after the last", () => {
  assertEquals(rule(3, null).endNs, null);
  assertEquals(rule(3, null).check(2, 1e15), null);
  assertEquals(rule(3, null).check(3, 0), "count");
  assertEquals(rule(0, null).check(0, 0), "count");
});

Deno.test("a duration stops what is due at its end or later", () => {
  const { endNs } = rule(null, 1.5);
  assertEquals(endNs, 1_501_000);
  assertEquals(rule(null, 1.5).check(1e9, 1_500_999), null);
  assertEquals(rule(null, 1.5).check(0, 1_501_000), "duration");
});

Deno.test("what goes on is cut off when the grace period behind the duration is over", () => {
  const endOf = (maxDurationMs: number | null, graceMs: number | null) =>
    new StopRule(phasePlanOf({ maxRequests: 3, maxDurationMs, graceMs }), 1_000).graceEndNs;
  assertEquals(endOf(1.5, 2), 3_501_000);
  assertEquals(endOf(1.5, 0), 1_501_000);
  assertEquals(endOf(1.5, null), Infinity);
  assertEquals(endOf(null, 2), Infinity);
});

Deno.test("of both, the first to be reached stops", () => {
  assertEquals(rule(3, 1).check(2, 1_000_999), null);
  assertEquals(rule(3, 1).check(3, 1_000_999), "count");
  assertEquals(rule(3, 1).check(2, 1_001_000), "duration");
  assertEquals(rule(3, 1).check(3, 1_001_000), "count");
});

Deno.test("without a limit nothing stops", () => {
  assertEquals(rule(null, null).check(1e15, 1e18), null);
});
