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
  assertEquals([series.ratePerSecond, series.gapShape, series.ramps], [null, OPEN.smoothness, []]);
  const slots = of({ kind: "closed", concurrency: 4, concurrencyRampMs: 7 });
  assertEquals([slots.concurrency, slots.slotsRampMs], [4, 7]);
  assertEquals(slots.ramps, [
    { flag: "--concurrency-ramp-duration", load: "--concurrency 4", lastsMs: 7 },
  ]);
  const limited = (rampMs: number) =>
    of({ kind: "closed", concurrency: 4, concurrencyRampMs: 0 }, { limit: 2, rampMs });
  const { concurrency, prefillLimit, ramps } = limited(0);
  assertEquals([concurrency, prefillLimit, ramps], [4, 2, []]);
  assertEquals(limited(5).slotsRampMs, 5);
  assertEquals(limited(5).ramps, [
    { flag: "--prefill-concurrency-ramp-duration", load: "--prefill-concurrency 2", lastsMs: 5 },
  ]);
});

Deno.test("loadFacts knows no ramp of a cap that is not there", () => {
  const uncapped = { ...OPEN, concurrencyCap: null, concurrencyRampMs: 1 };
  assertEquals(loadFacts({ load: uncapped, prefill: null }).ramps, []);
});
