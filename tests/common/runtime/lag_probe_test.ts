import { assert, assertEquals } from "@std/assert";
import { LagProbe, PROBE_MS } from "../../../common/runtime/lag_probe.ts";
import type { Clock } from "../../../common/runtime/clock.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";

/** A clock whose timers fire late by what it is told. */
class LateClock implements Clock {
  readonly #lates: number[];
  #nowNs = 0;

  constructor(latesMs: readonly number[]) {
    this.#lates = [...latesMs];
  }

  nowNs(): number {
    return this.#nowNs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const lateMs = this.#lates.shift();
    if (lateMs !== undefined) {
      this.#nowNs += (ms + lateMs) * 1e6;
      return Promise.resolve();
    }
    return new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
  }
}

Deno.test("the probe says when and by how much each of its timers was late", async () => {
  const probe = new LagProbe(new LateClock([0.5, 0, 30.25, -0.1]));
  const ended = probe.run();
  await settle();
  const step = PROBE_MS * 1e6;
  assertEquals(probe.take(), [
    { atNs: step + 0.5e6, lagMs: 0.5 },
    { atNs: 2 * step + 0.5e6, lagMs: 0 },
    { atNs: 3 * step + 30.75e6, lagMs: 30.25 },
    { atNs: 4 * step + 30.65e6, lagMs: 0 },
  ]);
  assertEquals(probe.take(), []);
  probe.stop();
  await ended;
  assertEquals(probe.take(), []);
});

Deno.test("the probe keeps the latest minute when nobody takes its samples", async () => {
  const clock = new FakeClock(0);
  const probe = new LagProbe(clock);
  const ended = probe.run();
  await clock.advance(70_000);
  probe.stop();
  await ended;
  const samples = probe.take();
  assertEquals(samples.length, 60_000 / PROBE_MS);
  assertEquals(samples.at(-1)!.atNs, 70e9);
  assert(samples.every(({ lagMs }) => lagMs === 0));
});
