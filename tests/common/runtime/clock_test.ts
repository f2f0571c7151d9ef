import { assert, assertEquals } from "@std/assert";
import { SystemClock } from "../../../common/runtime/clock.ts";

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
