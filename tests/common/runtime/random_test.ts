import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  deriveRandom,
  randomExponential,
  randomGamma,
  randomInt,
  randomNormal,
} from "../../../common/runtime/random.ts";

function draws(seed: number, name: string, count: number): number[] {
  const random = deriveRandom(seed, name);
  return Array.from({ length: count }, () => random.next());
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

Deno.test("a stream is a function of seed and name", () => {
  assertEquals(draws(7, "a", 20), draws(7, "a", 20));
  assertNotEquals(draws(7, "a", 20), draws(7, "b", 20));
  assertNotEquals(draws(7, "a", 20), draws(8, "a", 20));
  assertNotEquals(draws(0, "a", 20), draws(1, "a", 20));
  assertNotEquals(draws(0, "a", 20), draws(2 ** 32, "a", 20));
  assertNotEquals(draws(-1, "a", 20), draws(2 ** 32 - 1, "a", 20));
});

Deno.test("two hundred thousand names give as many streams", () => {
  const seen = new Set<number>();
  for (let i = 0; i < 200_000; i++) seen.add(deriveRandom(7, `conversation.${i}`).next());
  assertEquals(seen.size, 200_000);
});

Deno.test("numbers are uniform within a stream and across streams", () => {
  const acrossNames = Array.from({ length: 20_000 }, (_, i) => deriveRandom(3, `s${i}`).next());
  const acrossSeeds = Array.from({ length: 20_000 }, (_, i) => deriveRandom(i, "s").next());
  for (const values of [draws(3, "s", 20_000), acrossNames, acrossSeeds]) {
    const bins = new Array<number>(50).fill(0);
    for (const value of values) bins[Math.floor(value * 50)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
    // 49 degrees of freedom: 85.4 is the 99.9th percentile.
    assert(chiSquare < 85.4, `chi-square ${chiSquare}`);
  }
});

Deno.test("integers stay below the bound and reach all of it", () => {
  const random = deriveRandom(1, "ints");
  const seen = new Set(Array.from({ length: 1_000 }, () => randomInt(random, 7)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("normal and exponential deviates have the moments asked for", () => {
  const random = deriveRandom(5, "moments");
  const normal = Array.from({ length: 50_000 }, () => randomNormal(random, 100, 15));
  const mean = meanOf(normal);
  const stddev = Math.sqrt(meanOf(normal.map((value) => (value - mean) ** 2)));
  assert(Math.abs(mean - 100) < 0.3 && Math.abs(stddev - 15) < 0.3, `${mean} ${stddev}`);
  const gaps = Array.from({ length: 50_000 }, () => randomExponential(random));
  assert(Math.abs(meanOf(gaps) - 1) < 0.02);
  assert(gaps.every((gap) => gap >= 0 && Number.isFinite(gap)));
  assertEquals(randomNormal(random, 42, 0), 42);
});

Deno.test("gamma deviates have their shape as mean and as variance", () => {
  for (const shape of [0.3, 1, 4.5]) {
    const random = deriveRandom(6, `gamma ${shape}`);
    const values = Array.from({ length: 50_000 }, () => randomGamma(random, shape));
    const mean = meanOf(values);
    const variance = meanOf(values.map((value) => (value - mean) ** 2));
    assert(values.every((value) => value > 0 && Number.isFinite(value)));
    // Five standard errors: of the mean, and of the variance, whose kurtosis is 3 + 6 / shape.
    assert(Math.abs(mean - shape) < 5 * Math.sqrt(shape / 50_000), `mean ${mean} of ${shape}`);
    const error = 5 * shape * Math.sqrt((2 + 6 / shape) / 50_000);
    assert(Math.abs(variance - shape) < error, `variance ${variance} of ${shape}`);
  }
});

Deno.test("the same seed gives the same numbers in every version: runs can be repeated", () => {
  const numbers = [0.775071348860158, 0.0904925202066108, 0.7108075034202896];
  assertEquals(draws(7, "conversation.0", 3), numbers);
});
