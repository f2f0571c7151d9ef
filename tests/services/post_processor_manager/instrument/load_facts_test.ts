import { assertEquals } from "@std/assert";
import type { LoadPlan, PhasePlan } from "../../../../common/model/run_config.ts";
import { loadFacts } from "../../../../services/post_processor_manager/instrument/load_facts.ts";

const OPEN: LoadPlan & { kind: "open" } = {
  kind: "open",
  ratePerSecond: 20,
  rateRampMs: 0,
  rateSeries: null,
  arrivals: "gamma",
  smoothness: 3,
  concurrencyCap: 5,
  concurrencyRampMs: 0,
};

Deno.test("loadFacts takes from each load what it can be held to", () => {
  const none = {
    ratePerSecond: null,
    gapShape: null,
    concurrency: null,
    cap: null,
    prefillLimit: null,
    hasWaits: false,
    rateRampMs: 0,
    slotsRampMs: 0,
    ramps: [],
  };
  const of = (load: LoadPlan) => loadFacts({ load, prefill: null });
  const rate = { ...none, ratePerSecond: 20, cap: 5 };
  assertEquals(of(OPEN), { ...rate, pattern: "gamma", gapShape: 3 });
  assertEquals(of({ ...OPEN, arrivals: "poisson" }), { ...rate, pattern: "poisson", gapShape: 1 });
  assertEquals(of({ ...OPEN, arrivals: "constant" }), { ...rate, pattern: "constant" });
  assertEquals(of({ kind: "closed", concurrency: 4, concurrencyRampMs: 0 }), {
    ...none,
    pattern: "concurrency",
    concurrency: 4,
  });
  assertEquals(of({ kind: "user_centric", users: 4, ratePerSecond: 2 }), {
    ...none,
    pattern: "user_centric",
    ratePerSecond: 2,
  });
});

Deno.test("loadFacts holds a load that grows to what it has grown to, and none to a series", () => {
  const of = (load: LoadPlan, prefill: PhasePlan["prefill"] = null) => loadFacts({ load, prefill });
  const rate = of({ ...OPEN, rateRampMs: 10 });
  assertEquals([rate.ratePerSecond, rate.gapShape, rate.rateRampMs], [20, 3, 10]);
  assertEquals(rate.ramps, [
    { flag: "--request-rate-ramp-duration", load: "--request-rate 20", lastsMs: 10 },
  ]);
  const series = of({ ...OPEN, rateSeries: [{ atMs: 0, ratePerSecond: 1 }] });
  assertEquals([series.ratePerSecond, series.gapShape, series.ramps], [null, null, []]);
  const slots = of({ kind: "closed", concurrency: 4, concurrencyRampMs: 7 });
  assertEquals([slots.concurrency, slots.slotsRampMs, slots.hasWaits], [4, 7, false]);
  assertEquals(slots.ramps, [
    { flag: "--concurrency-ramp-duration", load: "--concurrency 4", lastsMs: 7 },
  ]);
  const limited = (rampMs: number) =>
    of({ kind: "closed", concurrency: 4, concurrencyRampMs: 0 }, { limit: 2, rampMs });
  const { concurrency, prefillLimit, hasWaits, ramps } = limited(0);
  assertEquals([concurrency, prefillLimit, hasWaits, ramps], [4, 2, false, []]);
  assertEquals([limited(5).hasWaits, limited(5).slotsRampMs], [true, 5]);
  assertEquals(limited(5).ramps, [
    { flag: "--prefill-concurrency-ramp-duration", load: "--prefill-concurrency 2", lastsMs: 5 },
  ]);
});

Deno.test("loadFacts knows that requests wait where the slots of a cap open one after the other", () => {
  const waits = (load: LoadPlan) => loadFacts({ load, prefill: null }).hasWaits;
  const trace: LoadPlan = {
    kind: "fixed_schedule",
    originMs: 0,
    startMs: null,
    endMs: null,
    concurrencyCap: 5,
    concurrencyRampMs: 0,
  };
  assertEquals([waits(OPEN), waits(trace)], [false, false]);
  assertEquals([OPEN, trace].map((load) => waits({ ...load, concurrencyRampMs: 1 })), [true, true]);
  const uncapped = { ...OPEN, concurrencyCap: null, concurrencyRampMs: 1 };
  assertEquals([waits(uncapped), loadFacts({ load: uncapped, prefill: null }).ramps], [false, []]);
});
