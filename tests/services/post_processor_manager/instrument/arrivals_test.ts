import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { deriveRandom, randomExponential } from "../../../../common/runtime/random.ts";
import { arrivalsReport } from "../../../../services/post_processor_manager/instrument/arrivals.ts";
import type { LoadFacts } from "../../../../services/post_processor_manager/instrument/load_facts.ts";

const MS = 1e6;
const POISSON: LoadFacts = {
  pattern: "poisson",
  ratePerSecond: 100,
  gapShape: 1,
  concurrency: null,
  cap: null,
  prefillLimit: null,
  rateRampMs: 0,
  slotsRampMs: 0,
  ramps: [],
};
const CONSTANT: LoadFacts = { ...POISSON, pattern: "constant", gapShape: null };
const NONE = { count: 0, ratePerSecond: null, gapCv: null, ks: null, unevenGaps: null };

function report(
  dueMs: readonly number[],
  sentMs: readonly number[],
  facts = CONSTANT,
  coldEndMs = 0,
) {
  const times = {
    dueNs: Float64Array.from(dueMs, (at) => at * MS),
    sentNs: Float64Array.from(sentMs, (at) => at * MS),
  };
  return arrivalsReport(times, facts, {
    issued: dueMs.length,
    unsent: 0,
    overdue: 0,
    wasCapped: false,
    moved: null,
    meanAskedPerSecond: null,
    rampEndNs: null,
    coldEndNs: coldEndMs * MS,
  });
}

/** Arrivals whose gaps are exponential, on average 10 ms. */
function poissonTimes(count: number): number[] {
  const random = deriveRandom(7, "test");
  let at = 0;
  return Array.from({ length: count }, () => at += 10 * randomExponential(random));
}

Deno.test("arrivals are described as one would by hand", () => {
  const { scheduled, sent, largestGapErrorMs } = report([0, 10, 20, 30], [1, 10, 24, 31]);
  const unevenGaps = { gaps: 3, share: 0 };
  assertEquals(scheduled, { count: 4, ratePerSecond: 100, gapCv: 0, ks: null, unevenGaps });
  assertEquals([sent.count, sent.ratePerSecond], [4, 100]);
  assertAlmostEquals(sent.gapCv!, Math.sqrt((1 + 16 + 9) / 3) / 10, 1e-12); // gaps 9, 14 and 7
  assertEquals(largestGapErrorMs, 4);
});

Deno.test("arrivals are put in the order of their times, whatever order they ended in", () => {
  assertEquals(report([20, 0, 30, 10], [24, 1, 31, 10]), report([0, 10, 20, 30], [1, 10, 24, 31]));
  // Two that overtook each other on the way look to a server as if they had not.
  assertEquals(report([0, 10, 20], [0, 20, 10]).largestGapErrorMs, 0);
});

Deno.test("Poisson arrivals pass the test, constant ones do not", () => {
  const times = poissonTimes(2_000);
  const good = report(times, times, POISSON);
  assert(good.sent.ks!.pValue > 0.01);
  assert(good.sent.ks!.distance < 0.04);
  assertAlmostEquals(good.sent.gapCv!, 1, 0.1);
  const even = times.map((_, i) => i * 10);
  const bad = report(times, even, POISSON);
  assertEquals(bad.scheduled.ks, good.scheduled.ks);
  assert(bad.sent.ks!.pValue < 1e-9);
  assertAlmostEquals(bad.sent.ks!.distance, 1 - Math.exp(-1), 1e-6);
});

Deno.test("what was due in a cold start says nothing of the distribution, unless all was", () => {
  const times = poissonTimes(200);
  // All that was due in the first half second left at its end.
  const cold = times.map((at) => Math.max(500, at));
  assert(report(times, cold, POISSON).sent.ks!.pValue < 1e-3);
  assert(report(times, cold, POISSON, 500).sent.ks!.pValue > 0.01);
  assertEquals(report(times, cold, POISSON, 1e6).sent, report(times, cold, POISSON).sent);
});

Deno.test("Poisson arrivals at another rate than asked for do not pass", () => {
  const slow = poissonTimes(2_000).map((at) => at * 1.3);
  assert(report(slow, slow, POISSON).sent.ks!.pValue < 1e-6);
});

Deno.test("gamma arrivals are tested against their own shape", () => {
  const random = deriveRandom(9, "test");
  // The sum of four exponential numbers is gamma of shape 4.
  let at = 0;
  const times = Array.from({ length: 1_000 }, () => {
    for (let i = 0; i < 4; i++) at += 2.5 * randomExponential(random);
    return at;
  });
  assert(report(times, times, { ...POISSON, gapShape: 4 }).sent.ks!.pValue > 0.01);
  assert(report(times, times, POISSON).sent.ks!.pValue < 1e-9);
});

Deno.test("none, one and simultaneous arrivals have no rate and no variation", () => {
  for (const times of [[], [5], [5, 5, 5]]) {
    const { sent } = report(times, times, POISSON);
    assertEquals(sent, { ...NONE, count: times.length });
  }
  assertEquals(report([], []).largestGapErrorMs, null);
  const two = report([0, 10], [0, 10], POISSON).sent;
  assertEquals([two.ratePerSecond, two.gapCv, two.ks], [100, null, null]);
});

Deno.test("after a ramp of the rate, arrivals are described and tested by themselves", () => {
  // Fifty arrivals at a rate that grows to 100/s within a second, then Poisson ones.
  const ramp = Array.from({ length: 50 }, (_, i) => 1_000 * Math.sqrt(i / 50));
  const after = poissonTimes(1_000).map((at) => 1_000 + at);
  const times = Float64Array.from([...ramp, ...after], (at) => at * MS);
  const of = (rampEndNs: number | null) =>
    arrivalsReport({ dueNs: times, sentNs: times }, POISSON, {
      issued: 1_050,
      unsent: 0,
      overdue: 0,
      moved: null,
      wasCapped: false,
      meanAskedPerSecond: null,
      rampEndNs,
      coldEndNs: 0,
    });
  const { askedRatePerSecond, sent, steady } = of(1_000 * MS);
  assertEquals([askedRatePerSecond, sent.count, sent.ks], [100, 1_050, null]);
  assertEquals([steady!.sent.count, steady!.scheduled], [1_000, steady!.sent]);
  assertAlmostEquals(steady!.sent.ratePerSecond!, 100, 5);
  assert(steady!.sent.ks!.pValue > 0.01);
  assertEquals(of(null).steady, null);
  // It never came to its end.
  assertEquals(of(1e6 * MS).steady, { scheduled: NONE, sent: NONE });
});
