import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Beat,
  HealthCollector,
} from "../../../services/system_controller/health_collector.ts";

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
  const lags = [9.9, 10, 10.1, 10.2].map((at, i) => ({ atNs: at * SECOND, lagMs: 100 - i }));
  health.note(WORKER, beat(10.5, { lags }));
  const { lag } = health.processes()[0]!;
  assertEquals(lag!.samples, 3);
  assertEquals(lag!.maxMs, 99);
  assertAlmostEquals(lag!.p50Ms, 98, 98 * 0.05);
});

Deno.test("lag percentiles are over every beat of the phase", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  for (let second = 1; second <= 20; second++) {
    const lags = Array.from({ length: 50 }, (_, i) => ({
      atNs: (second + i / 50) * SECOND,
      lagMs: second === 20 ? 40 : 0.2,
    }));
    health.note(WORKER, beat(second + 1, { lags }));
  }
  const { lag } = health.processes()[0]!;
  assertEquals(lag!.samples, 1_000);
  assert(lag!.p50Ms >= 0.2 && lag!.p50Ms < 0.22);
  assert(lag!.p99Ms >= 40 && lag!.p99Ms <= 42);
});

Deno.test("a new phase forgets the one before", () => {
  const health = new HealthCollector();
  health.watchFrom(0);
  health.note(WORKER, beat(1, { lags: [{ atNs: SECOND, lagMs: 70 }] }));
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
