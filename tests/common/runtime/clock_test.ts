import { assert, assertEquals } from "@std/assert";
import { clockStepMs, SystemClock } from "../../../common/runtime/clock.ts";

Deno.test("the machine's clock counts whole nanoseconds from the run's epoch, never back", () => {
  const clock = new SystemClock(Date.now() - 1_000);
  let lastNs = clock.nowNs();
  assert(lastNs > 0.9e9 && lastNs < 60e9, `${lastNs}`);
  for (let i = 0; i < 10_000; i++) {
    const nowNs = clock.nowNs();
    assert(nowNs >= lastNs && Number.isInteger(nowNs));
    lastNs = nowNs;
  }
});

Deno.test("a sleep ends when it is aborted, or at once when it was before", async () => {
  const clock = new SystemClock(0);
  for (const ms of [1e6, Infinity, 2 ** 40]) {
    const abort = new AbortController();
    const slept = clock.sleep(ms, abort.signal).then(() => "over");
    const turn = new Promise((resolve) => setTimeout(resolve, 5)).then(() => "not over");
    assertEquals(await Promise.race([slept, turn]), "not over");
    abort.abort();
    assertEquals(await slept, "over");
    await clock.sleep(ms, abort.signal);
  }
});

Deno.test("a process that starts after the system's clock was set has the time of the others", () => {
  // An NTP step in either direction, a wrong time zone that was put right, a night's sleep.
  for (const setMs of [-3_600_000, -40, 0, 40, 250, 30_000_000]) {
    // What the first process has counted, by what its clock showed when it began.
    let countedMs = 1_700_000_000_123.4;
    const wallMs = () => Math.floor(countedMs + setMs);
    const readings = [0, 25, 0.1, 7, 0];
    const step = clockStepMs(wallMs, () => {
      // Between the two readings the process is held up.
      countedMs += readings.shift()!;
      return countedMs;
    });
    assert(Math.abs(step - setMs) <= 1, `${setMs}: ${step}`);
    const epochMs = 1_700_000_000_000;
    const late = { originMs: countedMs + setMs, epochMs: epochMs + step };
    assert(Math.abs((late.originMs - late.epochMs) - (countedMs - epochMs)) <= 1);
  }
  assertEquals(clockStepMs(), 0);
});
