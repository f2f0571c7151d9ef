import { assert, assertEquals } from "@std/assert";
import { LagProbe, PROBE_MS } from "../../../common/runtime/lag_probe.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import { LateTimer } from "../../helpers/late_timer.ts";

Deno.test("the probe says when and by how much each call was late", () => {
  const timer = new LateTimer();
  const probe = new LagProbe(timer, timer.repeat);
  probe.start();
  for (const lateMs of [0.5, 0, 30.25, -0.1]) timer.fire(lateMs);
  const step = PROBE_MS * 1e6;
  assertEquals(probe.take(), [
    { atNs: step + 0.5e6, lagMs: 0.5 },
    { atNs: 2 * step + 0.5e6, lagMs: 0 },
    { atNs: 3 * step + 30.75e6, lagMs: 30.25 },
    { atNs: 4 * step + 30.65e6, lagMs: 0 },
  ]);
  assertEquals(probe.take(), []);
  probe.stop();
  assertEquals(timer.isRunning, false);
});

Deno.test("the probe keeps the latest minute when nobody takes its samples", () => {
  const timer = new LateTimer();
  const probe = new LagProbe(timer, timer.repeat);
  probe.start();
  for (let i = 0; i < 70_000 / PROBE_MS; i++) timer.fire(0);
  const samples = probe.take();
  assertEquals(samples.length, 60_000 / PROBE_MS);
  assertEquals(samples.at(-1)!.atNs, 70e9);
  assert(samples.every(({ lagMs }) => lagMs === 0));
});

Deno.test("a thread that is blocked shows as lag of the real event loop", async () => {
  const clock = new SystemClock(0);
  const probe = new LagProbe(clock);
  probe.start();
  const blockedUntilNs = clock.nowNs() + 80e6;
  while (clock.nowNs() < blockedUntilNs);
  const samples = [];
  while (samples.length === 0) {
    await clock.sleep(1);
    samples.push(...probe.take());
  }
  probe.stop();
  assert(samples[0]!.lagMs >= 80 - PROBE_MS - 0.001);
});
