import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { deriveRandom, randomExponential } from "../../../common/runtime/random.ts";
import { gammaCdf } from "../../../common/stats/gamma_distribution.ts";
import { ksDistance, ksPValue } from "../../../common/stats/kolmogorov_smirnov.ts";

function uniform(x: number): number {
  return Math.min(1, Math.max(0, x));
}

Deno.test("ksDistance of a few numbers is what one works out by hand", () => {
  assertEquals(ksDistance([0.5], uniform), 0.5);
  assertAlmostEquals(ksDistance([0.1, 0.2, 0.9], uniform), 2 / 3 - 0.2, 1e-12);
  assertEquals(ksDistance([2, 3], uniform), 1);
  assertEquals(ksDistance([-1, -1], uniform), 1);
  assertThrows(() => ksDistance([], uniform), RangeError, "no numbers");
});

Deno.test("ksDistance is the largest difference that a slow search finds", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
    (numbers) => {
      const sorted = Float64Array.from(numbers).sort();
      const shareUpTo = (x: number, including: boolean) =>
        numbers.filter((one) => including ? one <= x : one < x).length / numbers.length;
      const slow = Math.max(
        ...numbers.flatMap((x) => [
          Math.abs(shareUpTo(x, true) - uniform(x)),
          Math.abs(shareUpTo(x, false) - uniform(x)),
        ]),
      );
      assertAlmostEquals(ksDistance(sorted, uniform), slow, 1e-12);
    },
  ));
});

Deno.test("ksPValue agrees with the table of critical values", () => {
  // Two-sided critical values of D (Massey 1951; Miller 1956): count, p = 0.10, 0.05, 0.01.
  const table: [count: number, p10: number, p05: number, p01: number][] = [
    [5, 0.50945, 0.56328, 0.66853],
    [10, 0.36866, 0.40925, 0.48893],
    [20, 0.26473, 0.29408, 0.35241],
    [50, 0.16959, 0.18841, 0.22604],
    [100, 0.12067, 0.13403, 0.16081],
  ];
  for (const [count, p10, p05, p01] of table) {
    assertAlmostEquals(ksPValue(p10, count), 0.10, 0.005, `${count} numbers`);
    assertAlmostEquals(ksPValue(p05, count), 0.05, 0.003, `${count} numbers`);
    assertAlmostEquals(ksPValue(p01, count), 0.01, 0.0015, `${count} numbers`);
  }
});

Deno.test("ksPValue agrees with the limiting distribution for very many numbers", () => {
  // Smirnov's table (1948) of the limiting distribution: x and 1 − K(x).
  const table = [[0.5, 0.963945], [0.83, 0.496192], [1, 0.27], [1.36, 0.049486]];
  const count = 1e12;
  for (const [x, tail] of table) {
    assertAlmostEquals(ksPValue(x! / Math.sqrt(count), count), tail!, 2e-6, `x = ${x}`);
  }
  for (let x = 0.3; x < 4; x += 0.01) {
    let slow = 0;
    for (let k = 400; k >= 1; k--) slow -= 2 * (-1) ** k * Math.exp(-2 * k * k * x * x);
    assertAlmostEquals(ksPValue(x / Math.sqrt(count), count), slow, 1e-6, `x = ${x}`);
  }
});

Deno.test("ksPValue goes from 1 to 0 and never back", () => {
  let before = ksPValue(0, 50);
  assertEquals(before, 1);
  for (let distance = 0.001; distance <= 1; distance += 0.001) {
    const p = ksPValue(distance, 50);
    assert(p >= 0 && p <= before + 1e-12);
    before = p;
  }
  assert(before < 1e-12);
});

Deno.test("samples of the distribution itself get p-values below 5 % about every twentieth time", () => {
  let rejected = 0;
  for (let seed = 0; seed < 400; seed++) {
    const random = deriveRandom(seed, "test");
    const sorted = Float64Array.from({ length: 60 }, () => randomExponential(random)).sort();
    if (ksPValue(ksDistance(sorted, (x) => gammaCdf(x, 1, 1)), 60) < 0.05) rejected++;
  }
  assert(rejected >= 8 && rejected <= 34, `${rejected} of 400`);
});
