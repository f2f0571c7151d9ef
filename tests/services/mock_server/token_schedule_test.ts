import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { deriveRandom } from "../../../common/runtime/random.ts";
import { TokenSchedule } from "../../../services/mock_server/token_schedule.ts";

function offsets(
  pace: { ttftMs: number; itlMs: number; jitter: number },
  tokens: number,
  seed = 0,
) {
  const schedule = new TokenSchedule(pace, deriveRandom(seed, "test"));
  return Array.from({ length: tokens }, () => {
    const offset = schedule.offsetMs;
    schedule.advance();
    return offset;
  });
}

Deno.test("TokenSchedule without jitter is ttft + k × itl", () => {
  const expected = Array.from({ length: 1000 }, (_, k) => 100 + k * 0.1);
  assertEquals(offsets({ ttftMs: 100, itlMs: 0.1, jitter: 0 }, 1000), expected);
});

Deno.test("TokenSchedule with jitter never goes back, never starts before the request", () => {
  const times = fc.record({
    ttftMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
    itlMs: fc.double({ min: 0, max: 1e3, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(times, fc.nat(), (pace, seed) => {
    const all = offsets(pace, 50, seed);
    assert(all[0]! >= 0);
    assert(all.every((offset, k) => k === 0 || offset >= all[k - 1]!));
  }));
});

Deno.test("TokenSchedule with jitter does not drift", () => {
  const all = offsets({ ttftMs: 100, itlMs: 10, jitter: 0.2 }, 10_001);
  assertAlmostEquals((all[10_000]! - all[0]!) / 10_000, 10, 0.01);
});

Deno.test("TokenSchedule spreads the first token by jitter × ttft", () => {
  const firsts = Array.from({ length: 2000 }, (_, seed) => {
    return offsets({ ttftMs: 100, itlMs: 0, jitter: 0.1 }, 1, seed)[0]!;
  });
  const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length;
  const variance = firsts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / firsts.length;
  assertAlmostEquals(mean, 100, 1);
  assertAlmostEquals(Math.sqrt(variance), 10, 1);
});

Deno.test("TokenSchedule goes to a later token as by single steps", () => {
  for (const jitter of [0, 0.3]) {
    const pace = { ttftMs: 50, itlMs: 7, jitter };
    const schedule = new TokenSchedule(pace, deriveRandom(0, "test"));
    schedule.advanceTo(30);
    assertEquals([schedule.index, schedule.offsetMs], [30, offsets(pace, 31)[30]]);
    schedule.advanceTo(30);
    assertEquals(schedule.index, 30);
  }
});
