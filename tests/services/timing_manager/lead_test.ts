import { assert, assertEquals } from "@std/assert";
import type { PhasePlan } from "../../../common/model/run_config.ts";
import { type Lead, leadOf, NO_LEAD } from "../../../services/timing_manager/lead.ts";
import { FakePhase, type FakePhaseOptions, pausing } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

const LEAD: Lead = { mostNs: 25e6, leastNs: 15e6, startNs: 0 };

function ahead(options: FakePhaseOptions): FakePhase {
  return new FakePhase({ lead: LEAD, ...options }).start();
}

function leadsMs(phase: FakePhase): number[] {
  return phase.issued.map(({ dueNs, issuedNs }) => (dueNs - issuedNs) / 1e6);
}

Deno.test("credits go out ahead of their due times, those of some milliseconds together", async () => {
  const phase = ahead({ load: openLoad(1_000), maxRequests: 200, serviceMs: () => 3 });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, Array.from({ length: 200 }, (_, i) => i));
  assert(leadsMs(phase).every((ms) => ms <= 25));
  assert(leadsMs(phase).slice(25).every((ms) => ms >= 15), "in time, but for the first");
  const departures = new Set(phase.issuedMs);
  assert(departures.size <= 20, `${departures.size} departures`);
});

Deno.test("ahead or not, the same is due at the same times, and the same stops it", async () => {
  const loads: FakePhaseOptions[] = [
    { load: openLoad(300), maxDurationMs: 500, graceMs: 100 },
    { load: openLoad(300, { arrivals: "poisson" }), maxRequests: 120 },
    { load: openLoad(200, { rateRampMs: 300 }), maxDurationMs: 400, graceMs: 100 },
    { load: openLoad(100, { concurrencyCap: 500 }), maxRequests: 77 },
    { load: closedLoad(5), maxRequests: 40 },
    {
      load: { kind: "user_centric", users: 5, ratePerSecond: 100 },
      maxRequests: 60,
      conversations: [pausing(null, null), pausing(null)],
    },
  ];
  for (const options of loads) {
    const [early, exact] = [LEAD, undefined].map((lead) =>
      new FakePhase({ serviceMs: () => 7, ...options, ...(lead && { lead }) }).start()
    );
    await Promise.all([early!, exact!].map((phase) => phase.clock.advance(5_000)));
    const [a, b] = [early!, exact!].map((phase) => ({
      credits: phase.issued.map(({ issuedNs: _, ...credit }) => credit),
      reason: phase.outcome!.reason,
      account: phase.outcome!.account,
      unsent: phase.outcome!.unsent,
    }));
    assertEquals(a, b, options.load.kind);
  }
});

Deno.test("nothing that is due after the end goes out before it", async () => {
  const phase = ahead({
    load: openLoad(1_000),
    maxDurationMs: 100,
    graceMs: 50,
    serviceMs: () => 1,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.issued.length, 100);
  assertEquals(phase.outcome!.reason, "duration");
});

Deno.test("what waits for a slot goes out when there is one, not ahead", async () => {
  const load = openLoad(100, { concurrencyCap: 1 });
  const phase = ahead({ load, maxRequests: 4, serviceMs: () => 35 });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, [0, 10, 20, 30]);
  // The service begins with the issue here: a worker would have waited for the due time.
  assertEquals(phase.issuedMs, [0, 35, 70, 105]);
  assertEquals(phase.mostInFlight, 1);
});

Deno.test("in a closed loop a return lets the next credit go at once, and a pause ends on time", async () => {
  const phase = ahead({
    load: closedLoad(1),
    maxRequests: 4,
    serviceMs: () => 10,
    conversations: [pausing(100)],
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs[0], 0);
  assertEquals(phase.duesMs[1], 110);
  assert(leadsMs(phase)[1]! >= 15 && leadsMs(phase)[1]! <= 25);
});

Deno.test("a slot that opens later is waited for", async () => {
  const load = openLoad(1_000, { concurrencyCap: 3, concurrencyRampMs: 200 });
  const phase = ahead({ load, maxRequests: 3 });
  await phase.clock.advance(300);
  assertEquals(phase.issuedMs, [0, 100, 200]);
  assertEquals(phase.duesMs, [0, 1, 2]);
});

Deno.test("a closed loop of many slots begins later, as their connections are opened first", () => {
  const startsMs = [1, 64, 10_000].map((slots) =>
    leadOf(phasePlanOf({ load: closedLoad(slots) })).startNs / 1e6
  );
  assertEquals(startsMs, [5.5, 37, 1_000]);
  assertEquals(leadOf(phasePlanOf({ load: closedLoad(64, 1_000) })).startNs / 1e6, 5.5);
});

Deno.test("a closed loop that has fewer requests than slots waits for those alone", () => {
  const load = closedLoad(1_000);
  const startMs = (change: Partial<PhasePlan>) =>
    leadOf(phasePlanOf({ load, ...change })).startNs / 1e6;
  assertEquals([startMs({ maxRequests: 10 }), startMs({ maxSessions: 20 })], [10, 15]);
});

Deno.test("a trace has more time to make ready what is due together, at its start and later", () => {
  const { mostNs, leastNs, startNs } = leadOf(phasePlanOf({ load: traceLoad() }));
  assertEquals([mostNs, leastNs, startNs], [75e6, 50e6, 60e6]);
});

Deno.test("under a limit on prefills nothing goes out ahead", () => {
  const prefill = { limit: 2, rampMs: 0 };
  assertEquals(leadOf(phasePlanOf({ load: closedLoad(4), prefill })), NO_LEAD);
});

Deno.test("the first credits of a phase that has yet to begin are due at its start", async () => {
  const lead = { mostNs: 25e6, leastNs: 15e6, startNs: 37e6 };
  const phase = new FakePhase({ load: closedLoad(3), maxRequests: 6, serviceMs: () => 50, lead });
  void phase.runner.run(phase.clock.nowNs() + lead.startNs);
  await phase.clock.advance(1);
  assertEquals(
    phase.issued.map(({ dueNs, issuedNs }) => [dueNs, issuedNs]),
    Array(3).fill([37e6, 0]),
  );
  await phase.clock.advance(500);
  assertEquals(phase.issued.length, 6);
});

Deno.test("only what is due at the start goes out as early as the start allows", async () => {
  const lead = { mostNs: 25e6, leastNs: 15e6, startNs: 400e6 };
  const phase = new FakePhase({ load: openLoad(100), maxRequests: 30, serviceMs: () => 1, lead });
  void phase.runner.run(phase.clock.nowNs() + lead.startNs);
  await phase.clock.advance(2_000);
  const leadsOf = phase.issued.map(({ dueNs, issuedNs }) => (dueNs - issuedNs) / 1e6);
  assertEquals(leadsOf[0], 400);
  assert(leadsOf.slice(1).every((ms) => ms <= 25), `${leadsOf}`);
});

Deno.test("a phase that is cancelled before its start sends nothing, and does not end before it", async () => {
  const lead = { mostNs: 25e6, leastNs: 15e6, startNs: 400e6 };
  const phase = new FakePhase({ load: closedLoad(3), maxRequests: 9, serviceMs: () => 600, lead });
  const startNs = phase.clock.nowNs() + lead.startNs;
  const running = phase.runner.run(startNs);
  await phase.clock.advance(100);
  phase.runner.cancel(30_000);
  await phase.clock.advance(100);
  const outcome = await running;
  assertEquals([outcome.issued, outcome.reason, outcome.wasCutShort], [3, "cancelled", true]);
  assertEquals(outcome.endNs, startNs);
});

Deno.test("what takes the place of a request that was lost before the start is due at the start", async () => {
  const lead = { mostNs: 25e6, leastNs: 15e6, startNs: 400e6 };
  const phase = new FakePhase({ load: closedLoad(1), maxRequests: 2, serviceMs: () => 600, lead });
  const startNs = phase.clock.nowNs() + lead.startNs;
  void phase.runner.run(startNs);
  await phase.clock.advance(100);
  const [lost] = phase.issued;
  phase.runner.onReturn({ creditId: lost!.id, phase: lost!.phase, outcome: "error" });
  await phase.clock.advance(5);
  assertEquals(phase.issued.map(({ dueNs }) => dueNs), [startNs, startNs]);
});
