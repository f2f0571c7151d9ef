import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FakePhase, type FakePhaseOptions, pausing } from "../../helpers/fake_phase.ts";
import { openLoad } from "../../helpers/phase_plan.ts";

function started(options: FakePhaseOptions): FakePhase {
  return new FakePhase(options).start();
}

Deno.test("every turn takes an arrival, and ready turns come before new sessions", async () => {
  const phase = started({
    load: openLoad(100),
    conversations: [pausing(null, 15)],
    maxRequests: 9,
    serviceMs: () => 12,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, [
    "0.0@0",
    "1.0@10",
    "0.1@20",
    "1.1@30",
    "2.0@40",
    "0.2@50",
    "2.1@60",
    "1.2@70",
    "3.0@80",
  ]);
  assertEquals(phase.issuedMs, phase.duesMs);
});

Deno.test("the rate is that of turns, whatever the conversations are like", async () => {
  const conversations = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(conversations, fc.integer({ min: 1, max: 80 }), async (delays, serviceMs) => {
      const phase = started({
        load: openLoad(100),
        conversations: delays.map((pauses) => pausing(...pauses)),
        maxDurationMs: 1_000,
        graceMs: 1_000,
        serviceMs: () => serviceMs,
      });
      await phase.clock.advance(3_000);
      assertEquals(phase.duesMs, Array.from({ length: 100 }, (_due, i) => i * 10));
      checkTurns(phase);
    }),
    { numRuns: 40 },
  );
});

/** The turns of each session are sent in order, each after the answer before and its pause. */
function checkTurns(phase: FakePhase): void {
  const sessions = Map.groupBy(phase.issued, ({ sessionIndex }) => sessionIndex);
  for (const credits of sessions.values()) {
    assertEquals(credits.map(({ turnIndex }) => turnIndex), [...credits.keys()]);
    for (const [i, { dueNs }] of credits.entries()) {
      if (i > 0) assert(dueNs >= phase.endedNs.get(credits[i - 1]!.id)!);
    }
  }
}

Deno.test("a session keeps its slot between its turns; an arrival waits for one", async () => {
  const phase = started({
    load: openLoad(100, { concurrencyCap: 1 }),
    conversations: [pausing(40)],
    maxSessions: 2,
    serviceMs: () => 5,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, ["0.0@0", "0.1@45", "1.0@20", "1.1@100"]);
  assertEquals(phase.issuedMs, [0, 45, 50, 100]);
});

Deno.test("when all sessions have begun, arrivals that find no turn ready pass unused", async () => {
  const phase = started({
    load: openLoad(100),
    conversations: [pausing(50, 50)],
    maxSessions: 2,
    serviceMs: () => 3,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@10", "0.1@60", "1.1@70", "0.2@120", "1.2@130"]);
  assertEquals([phase.outcome!.reason, phase.outcome!.unsent], ["count", 0]);
});

Deno.test("a pause of 300,000 arrivals at the end of the duration does not hold the end of the phase up", async () => {
  const phase = started({
    load: openLoad(1_000),
    conversations: [pausing(299_999)],
    maxSessions: 1,
    maxDurationMs: 300_000.5,
    graceMs: 0,
    // One after the last arrival before the end: nothing is due any more.
    serviceMs: () => 1.25,
  });
  await phase.clock.advance(300_100);
  const { issued, unsent, overdue, reason } = phase.outcome!;
  assertEquals([issued, unsent, overdue, reason], [1, 0, 0, "duration"]);
});

Deno.test("a ready turn of an earlier session is not overtaken while an arrival is waited for", async () => {
  const phase = started({
    load: openLoad(10),
    conversations: [pausing(null)],
    maxSessions: 3,
    serviceMs: (index) => index === 0 ? 250 : 20,
  });
  await phase.clock.advance(2_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@100", "1.1@200", "0.1@300", "2.0@400", "2.1@500"]);
});

Deno.test("a cap that grows lets waiting arrivals go when its slots open", async () => {
  const phase = started({
    load: openLoad(100, { concurrencyCap: 3, concurrencyRampMs: 200 }),
    maxRequests: 6,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.issuedMs, [0, 100, 200]);
  assertEquals(phase.duesMs, [0, 10, 20]);
});

Deno.test("a rate that comes to its end ends the phase", async () => {
  const rateSeries = [{ atMs: 0, ratePerSecond: 20 }, { atMs: 1_000, ratePerSecond: 0 }];
  const phase = started({ load: openLoad(10, { rateSeries }), serviceMs: () => 5 });
  await phase.clock.advance(3_000);
  const { reason, issued, endNs } = phase.outcome!;
  assertEquals([reason, issued, endNs], ["schedule", 11, 1_005e6]);
});

Deno.test("prefill holds an open loop back, and what it held back keeps its due time", async () => {
  const phase = started({
    load: openLoad(100),
    prefill: { limit: 2, rampMs: 0 },
    maxRequests: 6,
    firstTokenMs: () => 35,
    serviceMs: () => 100,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, [0, 10, 20, 30, 40, 50]);
  assertEquals(phase.issuedMs, [0, 10, 35, 45, 70, 80]);
});
