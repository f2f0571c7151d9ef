import { assert, assertEquals } from "@std/assert";
import { settle } from "../../helpers/fake_clock.ts";
import {
  FakePhase,
  type FakePhaseOptions,
  pausing,
  slowOutlines,
} from "../../helpers/fake_phase.ts";
import { closedLoad } from "../../helpers/phase_plan.ts";

function started(options: FakePhaseOptions): FakePhase {
  return new FakePhase(options).start();
}

Deno.test("a turn follows its pause after the answer before, and holds its slot meanwhile", async () => {
  const phase = started({
    load: closedLoad(1),
    conversations: [pausing(30, null), pausing()],
    maxSessions: 3,
    serviceMs: () => 10,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, [
    "0.0@0",
    "0.1@40",
    "0.2@50",
    "1.0@60",
    "2.0@70",
    "2.1@110",
    "2.2@120",
  ]);
  assertEquals(phase.issued.map(({ isLastTurn }) => isLastTurn), [
    false,
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  assertEquals(phase.issuedMs, phase.duesMs);
  assertEquals([phase.outcome!.reason, phase.outcome!.endNs], ["count", 130e6]);
});

Deno.test("a slot whose session pauses does not hold up the others", async () => {
  const phase = started({
    load: closedLoad(2),
    conversations: [pausing(100), pausing()],
    maxRequests: 8,
    serviceMs: () => 10,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, [
    "0.0@0",
    "1.0@0",
    "2.0@10",
    "0.1@110",
    "2.1@120",
    "3.0@120",
    "4.0@130",
    "5.0@130",
  ]);
});

Deno.test("a turn that fails ends its session and frees its slot", async () => {
  for (const outcome of ["error", "cancelled", "lost"] as const) {
    const phase = started({
      load: closedLoad(1),
      conversations: [pausing(5, 5)],
      maxSessions: 2,
      serviceMs: () => 10,
      outcomeOf: ({ index }) => index === 1 ? outcome : "success",
    });
    await phase.clock.advance(1_000);
    assertEquals(phase.turns, ["0.0@0", "0.1@15", "1.0@25", "1.1@40", "1.2@55"]);
  }
});

Deno.test("a number of sessions is reached exactly, all turns included", async () => {
  const phase = started({
    load: closedLoad(4),
    conversations: [pausing(1), pausing(), pausing(2, 3)],
    maxSessions: 7,
    serviceMs: (i) => 3 + i % 5,
  });
  await phase.clock.advance(1_000);
  assertEquals(new Set(phase.issued.map(({ sessionIndex }) => sessionIndex)).size, 7);
  assertEquals(phase.outcome!.issued, 2 + 1 + 3 + 2 + 1 + 3 + 2);
  assertEquals(phase.outcome!.reason, "count");
});

Deno.test("the slots of a ramp open in even steps", async () => {
  const phase = started({ load: closedLoad(5, 1_000), maxRequests: 100, startNs: 3e9 });
  await phase.clock.advance(2_000);
  assertEquals(phase.duesMs, [0, 250, 500, 750, 1_000]);
  assertEquals(phase.issuedMs, phase.duesMs);
});

Deno.test("while slots open, those that are there are used again at once", async () => {
  const phase = started({ load: closedLoad(3, 100), maxRequests: 9, serviceMs: () => 30 });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, [0, 30, 50, 60, 80, 90, 100, 110, 120]);
  assertEquals(phase.mostInFlight, 3);
});

Deno.test("sessions wait for turns that are not known yet, and keep their due time", async () => {
  const conversations = [pausing(5), pausing()];
  const outlines = slowOutlines(conversations, { clock: () => phase.clock, ms: 40 });
  const phase: FakePhase = new FakePhase({
    load: closedLoad(1),
    conversations,
    outlines,
    maxSessions: 2,
    serviceMs: () => 10,
  });
  phase.start();
  await phase.clock.advance(1_000);
  assertEquals(phase.turns, ["0.0@0", "0.1@55", "1.0@65"]);
  assertEquals(phase.issuedMs, [40, 55, 65]);
});

Deno.test("turns of thousands of conversations are known before they are needed", async () => {
  const conversations = Array.from(
    { length: 3_000 },
    (_turns, i) => pausing(...Array(i % 3).fill(0)),
  );
  const outlines = slowOutlines(conversations, { clock: () => phase.clock, ms: 5 });
  await Promise.resolve();
  const phase: FakePhase = new FakePhase({
    load: closedLoad(8),
    conversations,
    outlines,
    maxSessions: 3_000,
    serviceMs: () => 1,
  });
  phase.start();
  await phase.clock.advance(1_000);
  assertEquals(phase.outcome!.account.succeeded, 6_000);
  const late = phase.issued.filter(({ dueNs, issuedNs }) => issuedNs > dueNs);
  assert(late.length <= 8, `${late.length} credits had to wait`);
});

Deno.test("a request without a first token holds back the next one", async () => {
  const phase = started({
    load: closedLoad(4),
    prefill: { limit: 1, rampMs: 0 },
    maxRequests: 6,
    firstTokenMs: () => 10,
    serviceMs: () => 25,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, [0, 0, 0, 0, 25, 35]);
  assertEquals(phase.issuedMs, [0, 10, 20, 30, 40, 50]);
  assertEquals(phase.mostPrefilling, 1);
});

Deno.test("a request that ends without a first token frees its place, once", async () => {
  const phase = started({ load: closedLoad(3), prefill: { limit: 2, rampMs: 0 }, maxRequests: 9 });
  await settle();
  assertEquals(phase.issued.length, 2);
  phase.giveBack(phase.issued[0]!, "error");
  assertEquals(phase.issued.length, 3);
  phase.runner.onFirstToken(phase.issued[0]!.id);
  phase.runner.onFirstToken(phase.issued[1]!.id);
  phase.runner.onFirstToken(phase.issued[1]!.id);
  assertEquals(phase.issued.length, 4);
});

Deno.test("the prefill limit grows with its ramp", async () => {
  const phase = started({
    load: closedLoad(10),
    prefill: { limit: 3, rampMs: 100 },
    maxRequests: 20,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.issuedMs, [0, 50, 100]);
  assertEquals(phase.duesMs, [0, 0, 0]);
});
