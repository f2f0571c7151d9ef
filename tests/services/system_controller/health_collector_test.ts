import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LagProbe, PROBE_MS } from "../../../common/runtime/lag_probe.ts";
import {
  type Beat,
  HealthCollector,
} from "../../../services/system_controller/health_collector.ts";
import { LateTimer } from "../../helpers/late_timer.ts";
import { statisticsOf } from "../post_processor_manager/recomputation.ts";

const WORKER = { id: "worker_1", type: "worker" } as const;
const SECOND = 1e9;

function beat(atSeconds: number, change: Partial<Beat> = {}): Beat {
  return { atNs: atSeconds * SECOND, rssBytes: 1e6, cpuMs: 0, lags: [], ...change };
}

Deno.test("a process's CPU share is that between the first and the last beat of the phase", () => {
  const health = new HealthCollector();
  health.note(WORKER, beat(1, { cpuMs: 900 }));
  health.watchFrom(1.5 * SECOND);
  health.note(WORKER, beat(2, { cpuMs: 1_000 }));
  health.note(WORKER, beat(3, { cpuMs: 1_750 }));
  health.note(WORKER, beat(4, { cpuMs: 2_500 }));
  const [found] = health.processes();
  assertEquals(found!.cpuShare, 0.75);
  assertEquals(found!.watchedMs, 2_000);
  assertEquals(found!.serviceType, "worker");
});

Deno.test("a beat of before the phase that comes late counts for nothing but memory", () => {
  const health = new HealthCollector();
  health.watchFrom(2 * SECOND);
  health.note(WORKER, beat(1.9, { rssBytes: 9e6, cpuMs: 500 }));
  assertEquals(health.processes(), []);
  health.note(WORKER, beat(2.9, { cpuMs: 510 }));
  assertEquals(health.processes()[0]!.maxRssBytes, 9e6);
  assertEquals(health.processes()[0]!.cpuShare, null);
});

Deno.test("a process that was watched for less than a beat has no CPU share", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  health.note(WORKER, beat(0.2));
  health.note(WORKER, beat(0.7, { cpuMs: 400 }));
  assertEquals(health.processes()[0]!.cpuShare, null);
});

Deno.test("lags are those of after the start, whatever beat they come with", () => {
  const health = new HealthCollector();
  health.watchFrom(10 * SECOND);
  const lags = [9.9, 10, 10.1, 10.2].map((at, i) => ({ atNs: at * SECOND, lagMs: 10 - i }));
  health.note(WORKER, beat(10.5, { lags }));
  const { lag } = health.processes()[0]!;
  assertEquals(lag!.samples, 3);
  assertEquals(lag!.maxMs, 9);
  assertAlmostEquals(lag!.p50Ms, 8, 8 * 0.05);
});

Deno.test("lag percentiles are over every beat of the phase", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  for (let second = 1; second <= 20; second++) {
    const lags = Array.from({ length: 50 }, (_, i) => ({
      atNs: (second + i / 50) * SECOND,
      lagMs: second === 20 ? 18 : 0.2,
    }));
    health.note(WORKER, beat(second + 1, { lags }));
  }
  const { lag } = health.processes()[0]!;
  assertEquals(lag!.samples, 1_000);
  assert(lag!.p50Ms >= 0.2 && lag!.p50Ms < 0.22);
  assert(lag!.p99Ms >= 18 && lag!.p99Ms <= 18.9);
});

Deno.test("a loop that was blocked for long is late for all that arrives meanwhile", () => {
  // Blocked from second 4 to 6 and fine the other 18: the probe has one look to tell of it.
  const timer = new LateTimer();
  const probe = new LagProbe(timer, timer.repeat);
  probe.start();
  while (timer.nowNs() < 4 * SECOND) timer.fire(0.2);
  timer.fire(2_000);
  while (timer.nowNs() < 20 * SECOND) timer.fire(0.2);
  const health = new HealthCollector();
  health.watchFrom(0);
  health.note(WORKER, beat(20, { lags: probe.take() }));
  const { samples, p50Ms, p99Ms, maxMs } = health.processes()[0]!.lag!;
  // An arrival at each millisecond, for comparison.
  const waitsMs = Array.from({ length: 20_000 }, (_, i) => i < 2_000 ? 2_000 - i : 0.2);
  const { p99 } = statisticsOf(waitsMs);
  // Looks are 20 ms apart, and a bucket is 5 % wide.
  assert(p99Ms >= p99! && p99Ms <= 1.05 * (p99! + PROBE_MS), `${p99Ms}, not ${p99}`);
  assertAlmostEquals(samples, 20_000 / PROBE_MS, 0.02 * 20_000 / PROBE_MS);
  assert(p50Ms < 0.22);
  assertEquals(maxMs, 2_000);
});

Deno.test("of a block that began before the phase only what falls into it counts", () => {
  const health = new HealthCollector();
  health.watchFrom(10 * SECOND);
  health.note(WORKER, beat(11, { lags: [{ atNs: 10.05 * SECOND, lagMs: 500 }] }));
  // The look itself, and those due 50, 30 and 10 ms before it.
  assertEquals(health.processes()[0]!.lag!.samples, 4);
  assertEquals(health.processes()[0]!.lag!.maxMs, 500);
});

Deno.test("a new phase forgets the one before", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  health.note(WORKER, beat(1, { lags: [{ atNs: SECOND, lagMs: 17 }] }));
  health.watchFrom(5 * SECOND);
  health.note(WORKER, beat(6, { lags: [{ atNs: 6 * SECOND, lagMs: 1 }] }));
  assertEquals(health.processes()[0]!.lag!.maxMs, 1);
});

Deno.test("processes come in the order of their ids; one that does not probe has no lag", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  health.note(WORKER, beat(1, { lags: [{ atNs: 1, lagMs: 1 }] }));
  health.note({ id: "timing_manager", type: "timing_manager" }, beat(1));
  const found = health.processes();
  assertEquals(found.map(({ serviceId }) => serviceId), ["timing_manager", "worker_1"]);
  assertEquals(found[0]!.lag, null);
});
