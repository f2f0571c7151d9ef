import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { gammaCdf } from "../../../common/stats/gamma_distribution.ts";
import { ksDistance, ksPValue } from "../../../common/stats/kolmogorov_smirnov.ts";
import { type OpenLoad, RateProfile } from "../../../common/stats/rate_profile.ts";
import { createSchedule, type ScheduleOptions } from "../../../services/timing_manager/arrivals.ts";
import { openLoad } from "../../helpers/phase_plan.ts";

const START_NS = 1_234_567_890;

type Options = Partial<OpenLoad> & Partial<Omit<ScheduleOptions, "load">>;

function schedule({ phase = "profiling", seed = 1, ...load }: Options = {}) {
  return createSchedule({ load: openLoad(100, load), startNs: START_NS, phase, seed });
}

/** Due times strictly before `seconds` have passed. */
function countWithin(options: Options, seconds: number): number {
  const made = schedule(options);
  const endNs = START_NS + seconds * 1e9;
  let count = 0;
  while (made.dueNs(count) < endNs) count++;
  return count;
}

function dues(options: Options, count: number): number[] {
  const made = schedule(options);
  return Array.from({ length: count }, (_entry, index) => made.dueNs(index));
}

Deno.test("a constant rate sends exactly rate times duration, over 3,000 combinations", () => {
  const wrong: string[] = [];
  for (let rate = 1; rate <= 100; rate++) {
    for (let seconds = 1; seconds <= 30; seconds++) {
      const count = countWithin({ ratePerSecond: rate }, seconds);
      if (count !== rate * seconds) wrong.push(`${rate}/s for ${seconds} s: ${count}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("broken rates and durations are counted exactly too", () => {
  for (const tenths of [1, 3, 5, 7, 25, 333, 999, 3_333, 49_999]) {
    for (const halves of [1, 3, 20, 121]) {
      const exact = Math.ceil(tenths * halves / 20);
      assertEquals(countWithin({ ratePerSecond: tenths / 10 }, halves / 2), exact);
    }
  }
});

Deno.test("a constant schedule does not drift", () => {
  const thirds = schedule({ ratePerSecond: 3 });
  assertEquals(thirds.dueNs(0), START_NS);
  assertEquals(thirds.dueNs(1), START_NS + 333_333_333);
  assertEquals(thirds.dueNs(2), START_NS + 666_666_667);
  assertEquals(thirds.dueNs(3_000_000), START_NS + 1_000_000 * 1e9);
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(10_000_000), (rate, index) => {
    const exact = (BigInt(index) * 2_000_000_000n + BigInt(rate)) / BigInt(2 * rate);
    const due = schedule({ ratePerSecond: rate }).dueNs(index) - START_NS;
    assert(Math.abs(due - Number(exact)) <= 1);
  }));
});

Deno.test("Poisson gaps are exponential (Kolmogorov and Smirnov)", () => {
  for (const seed of [0, 1, 2, 3]) {
    for (const ratePerSecond of [0.5, 100, 5_000]) {
      const count = 10_000;
      const times = dues({ arrivals: "poisson", seed, ratePerSecond }, count);
      const gaps = times
        .map((due, i) => (due - (times[i - 1] ?? START_NS)) / 1e9 * ratePerSecond)
        .sort((a, b) => a - b);
      const distance = gaps.reduce((worst, gap, i) => {
        const expected = 1 - Math.exp(-gap);
        return Math.max(worst, expected - i / count, (i + 1) / count - expected);
      }, 0);
      assert(distance < 1.63 / Math.sqrt(count), `seed ${seed}: distance ${distance}`);
    }
  }
});

Deno.test("Poisson gaps do not depend on each other", () => {
  const times = dues({ arrivals: "poisson", ratePerSecond: 1 }, 20_000);
  const gaps = times.map((due, i) => (due - (times[i - 1] ?? START_NS)) / 1e9 - 1);
  const products = gaps.slice(1).map((gap, i) => gap * gaps[i]!);
  const correlation = products.reduce((sum, product) => sum + product, 0) / products.length;
  assert(Math.abs(correlation) < 3 / Math.sqrt(products.length), `correlation ${correlation}`);
});

Deno.test("Poisson counts have the mean and the variance of the rate times the duration", () => {
  const counts = Array.from(
    { length: 500 },
    (_entry, seed) => countWithin({ arrivals: "poisson", ratePerSecond: 20, seed }, 5),
  );
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  assert(Math.abs(mean - 100) < 3 * Math.sqrt(100 / 500), `mean ${mean}`);
  assert(Math.abs(variance - 100) < 3 * 100 * Math.sqrt(2 / 500), `variance ${variance}`);
});

Deno.test("a Poisson schedule is a function of seed, phase and index, asked in any order", () => {
  const options = { arrivals: "poisson" as const };
  const expected = dues(options, 100);
  const again = schedule(options);
  for (const index of [99, 0, 50, 50, 49, 51, 3]) {
    assertEquals(again.dueNs(index), expected[index]);
  }
  assertNotEquals(dues({ ...options, seed: 2 }, 100), expected);
  assertNotEquals(dues({ ...options, seed: 0 }, 100), expected);
  assertNotEquals(dues({ ...options, phase: "warmup" }, 100), expected);
});

Deno.test("due times are whole nanoseconds and never fall", () => {
  const arrivals = fc.constantFrom("constant" as const, "poisson" as const);
  const rate = fc.double({ min: 0.001, max: 1e6, noNaN: true });
  fc.assert(fc.property(arrivals, rate, fc.maxSafeInteger(), (kind, ratePerSecond, seed) => {
    const times = dues({ arrivals: kind, ratePerSecond, seed }, 200);
    times.forEach((due, i) => {
      assert(Number.isInteger(due) && due >= (times[i - 1] ?? START_NS));
    });
  }));
});

function unitGaps(options: Options, count: number): number[] {
  const times = dues({ ...options, ratePerSecond: 1 }, count);
  return times.map((due, i) => (due - (times[i - 1] ?? START_NS)) / 1e9);
}

for (const smoothness of [0.2, 0.5, 2, 10]) {
  Deno.test(`gamma gaps of smoothness ${smoothness} are gamma (Kolmogorov and Smirnov)`, () => {
    for (const seed of [1, 2, 3]) {
      const gaps = unitGaps({ arrivals: "gamma", smoothness, seed }, 10_000);
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
      const expected = 1 / Math.sqrt(smoothness);
      assertAlmostEquals(mean, 1, 4 * expected / Math.sqrt(gaps.length));
      assertAlmostEquals(Math.sqrt(variance) / mean, expected, 0.06 * expected);
      const distance = ksDistance(gaps.sort((a, b) => a - b), (x) => gammaCdf(x, smoothness, 1));
      assert(ksPValue(distance, gaps.length) > 0.001, `seed ${seed}: distance ${distance}`);
    }
  });
}

Deno.test("gamma arrivals of smoothness 1 are the Poisson arrivals of the same seed", () => {
  const gamma = dues({ arrivals: "gamma", smoothness: 1 }, 1_000);
  assertEquals(gamma, dues({ arrivals: "poisson" }, 1_000));
});

Deno.test("a ramped constant rate sends exactly the whole part of its integral", () => {
  for (const ratePerSecond of [1, 7, 100, 3_333]) {
    for (const rampS of [1, 4, 30]) {
      for (const seconds of [1, 5, 40]) {
        const ramped = Math.min(seconds, rampS);
        const area = ratePerSecond * ramped ** 2 / rampS / 2 + ratePerSecond * (seconds - ramped);
        const count = countWithin({ ratePerSecond, rateRampMs: rampS * 1_000 }, seconds);
        assertEquals(count, Math.ceil(area), `${ratePerSecond}/s in ${rampS} s for ${seconds} s`);
      }
    }
  }
});

Deno.test("under a changing rate, Poisson arrivals are exponential in the rate's own time", () => {
  const rateSeries = [
    { atMs: 0, ratePerSecond: 5 },
    { atMs: 20_000, ratePerSecond: 200 },
    { atMs: 20_000, ratePerSecond: 20 },
    { atMs: 60_000, ratePerSecond: 100 },
  ];
  const profile = new RateProfile(rateSeries);
  const times = dues({ arrivals: "poisson", rateSeries }, 4_000);
  const counts = times.map((due) => profile.countAt(due - START_NS));
  const gaps = counts.map((count, i) => count - (counts[i - 1] ?? 0)).sort((a, b) => a - b);
  const distance = ksDistance(gaps, (x) => 1 - Math.exp(-x));
  assert(ksPValue(distance, gaps.length) > 0.001, `distance ${distance}`);
});

Deno.test("a rate that ends has no arrivals after its end", () => {
  const rateSeries = [{ atMs: 0, ratePerSecond: 10 }, { atMs: 2_000, ratePerSecond: 0 }];
  const made = schedule({ rateSeries });
  assertEquals(made.dueNs(10), START_NS + 2e9);
  assertEquals(made.dueNs(11), Infinity);
});
