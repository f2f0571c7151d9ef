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
const WARM = { steadyFromNs: 0, hasLaterTurns: false, mostSessions: 2 };

/** Each request is due when it is sent, unless it is said to be due before. */
function times(...pairs: [sentMs: number, endMs: number, dueMs?: number][]) {
  return {
    dueNs: Float64Array.from(pairs, ([sent, , due = sent]) => due * MS),
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
  assertEquals(found!.steady, { avg: 1, used: 1, windowMs: 100 });
});

Deno.test("no time is judged when the slots never filled, or a limit on prefills held back turns", () => {
  const one = times([0, 10]);
  assertEquals(concurrencyReport(one, TWO_SLOTS, WARM)!.steady, null);
  const many = times([0, 10], [0, 10], [20, 30]);
  const steady = (facts: LoadFacts, hasLaterTurns: boolean, mostSessions = 2) =>
    concurrencyReport(many, facts, { ...WARM, hasLaterTurns, mostSessions })!.steady;
  assertEquals(steady({ ...TWO_SLOTS, prefillLimit: 1 }, true), null);
  assertEquals(steady({ ...TWO_SLOTS, concurrency: null }, false), null);
  assertEquals(steady(TWO_SLOTS, true, 1), null);
  assertEquals(steady(TWO_SLOTS, false), { avg: 1, used: 1, windowMs: 20 });
});

Deno.test("requests of no length and no requests make no division by zero", () => {
  assertEquals(concurrencyReport(times(), TWO_SLOTS, WARM), null);
  const instant = concurrencyReport(times([5, 5]), TWO_SLOTS, WARM);
  assertEquals([instant!.avg, instant!.max, instant!.steady], [0, 0, null]);
});

Deno.test("a slot that a session keeps in a pause is in use until its next turn is due", () => {
  // Two sessions of two turns of 10 ms, whose pauses should take 30 ms; one took 40, the other 35.
  const found = concurrencyReport(
    times([0, 10], [0, 10], [50, 60, 40], [45, 60, 40], [100, 110]),
    TWO_SLOTS,
    { ...WARM, hasLaterTurns: true },
  )!.steady!;
  assertEquals(found.windowMs, 100);
  assertAlmostEquals(found.avg, (10 + 10 + 10 + 15) / 100, 1e-12);
  assertAlmostEquals(found.used, 2 - (10 + 5) / 100, 1e-12);
});
