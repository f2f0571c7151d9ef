import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { createSampler, type SamplingPlan } from "../../../common/model/sampler.ts";

function choices(plan: SamplingPlan, count: number, phase: "warmup" | "profiling" = "profiling") {
  const sample = createSampler(plan, phase);
  return Array.from({ length: count }, (_entry, index) => sample(index));
}

function sorted(values: number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function range(count: number): number[] {
  return [...Array(count).keys()];
}

Deno.test("sequential goes through the data set again and again", () => {
  const plan = { entries: 3, sampling: "sequential" as const, seed: 1 };
  assertEquals(choices(plan, 7), [0, 1, 2, 0, 1, 2, 0]);
  assertEquals(choices(plan, 4, "warmup"), [2, 1, 0, 2]);
});

for (const entries of [1, 2, 3, 10, 4_096, 4_097, 10_000]) {
  Deno.test(`shuffle takes each of ${entries} conversations once a pass`, () => {
    const all = choices({ entries, sampling: "shuffle", seed: 5 }, 2 * entries);
    const [first, second] = [all.slice(0, entries), all.slice(entries)];
    assertEquals(sorted(first), range(entries));
    assertEquals(sorted(second), range(entries));
    if (entries > 3) assertNotEquals(first, second);
  });
}

Deno.test("shuffled orders are as good as random, laid out or computed", () => {
  // 400 seeds; where the first request lands, in tenths of the data set (9 degrees of freedom).
  for (const entries of [1_000, 5_000, 100_000]) {
    for (const index of [0, 1, entries - 1]) {
      const tenths = new Array<number>(10).fill(0);
      for (let seed = 0; seed < 400; seed++) {
        const chosen = createSampler({ entries, sampling: "shuffle", seed }, "profiling")(index);
        tenths[Math.floor(chosen / entries * 10)]! += 1;
      }
      const chiSquare = tenths.reduce((sum, count) => sum + (count - 40) ** 2 / 40, 0);
      assert(chiSquare < 27.9, `entries ${entries}, index ${index}: chi-square ${chiSquare}`);
    }
  }
});

Deno.test("random draws with replacement, evenly", () => {
  const drawn = choices({ entries: 10, sampling: "random", seed: 0 }, 10_000);
  const counts = range(10).map((entry) => drawn.filter((choice) => choice === entry).length);
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  assert(chiSquare < 27.9, `chi-square ${chiSquare}`);
  assert(drawn.some((choice, i) => choice === drawn[i + 1]));
});

Deno.test("a choice is a function of seed, phase and index, in any order", () => {
  const plan = fc.record({
    entries: fc.integer({ min: 1, max: 20_000 }),
    sampling: fc.constantFrom("sequential" as const, "random" as const, "shuffle" as const),
    seed: fc.maxSafeInteger(),
  });
  const phase = fc.constantFrom("warmup" as const, "profiling" as const);
  fc.assert(fc.property(plan, phase, fc.array(fc.nat(100_000)), (plan, phase, indexes) => {
    const one = createSampler(plan, phase);
    const other = createSampler(plan, phase);
    const seen = indexes.map((index) => [index, one(index)] as const);
    for (const [index, chosen] of seen.reverse()) {
      assert(Number.isInteger(chosen) && chosen >= 0 && chosen < plan.entries);
      assertEquals(other(index), chosen);
    }
  }));
});

Deno.test("seeds make different choices", () => {
  for (const sampling of ["random", "shuffle"] as const) {
    const made = [0, 1, 2].map((seed) => choices({ entries: 100, sampling, seed }, 20).join());
    assertEquals(new Set(made).size, 3);
  }
});

Deno.test("the warm-up takes none of the conversations that profiling begins with", () => {
  for (const sampling of ["sequential", "shuffle"] as const) {
    const plan = { entries: 100, sampling, seed: 9 };
    const warm = new Set(choices(plan, 40, "warmup"));
    assert(choices(plan, 60).every((index) => !warm.has(index)));
  }
});

Deno.test("a data set of any size starts at once", () => {
  const entries = 2 ** 50;
  const drawn = choices({ entries, sampling: "shuffle", seed: 3 }, 1_000);
  assertEquals(new Set(drawn).size, 1_000);
  assert(drawn.every((index) => Number.isInteger(index) && index >= 0 && index < entries));
  assert(drawn.some((index) => index > entries / 2));
});
