import { assertEquals } from "@std/assert";
import type { LoadPlan } from "../../../../common/model/run_config.ts";
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

Deno.test("loadFacts holds no load to what changes over time", () => {
  const of = (load: LoadPlan) => loadFacts({ load, prefill: null });
  for (
    const load of [
      { ...OPEN, rateRampMs: 10 },
      { ...OPEN, rateSeries: [{ atMs: 0, ratePerSecond: 1 }] },
    ]
  ) assertEquals([of(load).ratePerSecond, of(load).gapShape], [null, null]);
  assertEquals(of({ kind: "closed", concurrency: 4, concurrencyRampMs: 1 }).concurrency, null);
  const limited = (rampMs: number) =>
    loadFacts({
      load: { kind: "closed", concurrency: 4, concurrencyRampMs: 0 },
      prefill: { limit: 1, rampMs },
    });
  const { concurrency, prefillLimit, hasWaits } = limited(0);
  assertEquals([concurrency, prefillLimit, hasWaits], [null, 1, false]);
  assertEquals(limited(5).hasWaits, true);
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
  assertEquals(waits({ ...OPEN, concurrencyCap: null, concurrencyRampMs: 1 }), false);
});
