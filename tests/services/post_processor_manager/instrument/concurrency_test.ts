import { assertAlmostEquals, assertEquals } from "@std/assert";
import { concurrencyReport } from "../../../../services/post_processor_manager/instrument/concurrency.ts";
import type { LoadFacts } from "../../../../services/post_processor_manager/instrument/load_facts.ts";

const MS = 1e6;
const TWO_SLOTS: LoadFacts = {
  pattern: "concurrency",
  ratePerSecond: null,
  gapShape: null,
  concurrency: 2,
  cap: null,
  prefillLimit: null,
  rateRampMs: 0,
  slotsRampMs: 0,
  ramps: [],
};
const WARM = { steadyFromNs: 0, hasLaterTurns: false };

function times(...pairs: [sentMs: number, endMs: number][]) {
  return {
    sentNs: Float64Array.from(pairs, ([sent]) => sent * MS),
    endNs: Float64Array.from(pairs, ([, end]) => end * MS),
  };
}

Deno.test("the concurrency is weighted by time, as a whole and while all slots are in use", () => {
  const found = concurrencyReport(
    times([0, 100], [50, 100], [110, 200], [110, 250]),
    TWO_SLOTS,
    WARM,
  );
  // 100 + 50 + 90 + 140 of 250; then, from 50 to 110 ms, 50 + 50 of 60.
  assertEquals([found!.asked, found!.max], [2, 2]);
  assertAlmostEquals(found!.avg, 380 / 250, 1e-12);
  assertAlmostEquals(found!.steady!.avg, 100 / 60, 1e-12);
  assertEquals(found!.steady!.windowMs, 60);
});

Deno.test("the cold start is left out of the time that is judged", () => {
  const found = concurrencyReport(
    times([0, 100], [0, 100], [200, 300], [300, 400]),
    TWO_SLOTS,
    { ...WARM, steadyFromNs: 200 * MS },
  );
  assertEquals(found!.steady, { avg: 1, windowMs: 100 });
});

Deno.test("no time is judged when the slots never filled, or are kept by sessions that pause", () => {
  const one = times([0, 10]);
  assertEquals(concurrencyReport(one, TWO_SLOTS, WARM)!.steady, null);
  const many = times([0, 10], [0, 10], [20, 30]);
  const steady = (facts: LoadFacts, hasLaterTurns: boolean) =>
    concurrencyReport(many, facts, { ...WARM, hasLaterTurns })!.steady;
  assertEquals(steady(TWO_SLOTS, true), null);
  assertEquals(steady({ ...TWO_SLOTS, concurrency: null }, false), null);
  assertEquals(steady(TWO_SLOTS, false), { avg: 1, windowMs: 20 });
});

Deno.test("requests of no length and no requests make no division by zero", () => {
  assertEquals(concurrencyReport(times(), TWO_SLOTS, WARM), null);
  const instant = concurrencyReport(times([5, 5]), TWO_SLOTS, WARM);
  assertEquals([instant!.avg, instant!.max, instant!.steady], [0, 0, null]);
});
