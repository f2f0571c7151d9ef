import { assertEquals } from "@std/assert";
import { settle } from "../../helpers/fake_clock.ts";
import { FakePhase, type FakePhaseOptions } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad } from "../../helpers/phase_plan.ts";

/** A phase at 100/s whose way out is full for as long as workers need for each tenth request. */
function behind(fullMs: number, options: Partial<FakePhaseOptions>): FakePhase {
  const phase: FakePhase = new FakePhase({
    load: openLoad(100),
    serviceMs: () => 1,
    onIssue: ({ index }) => index % 10 === 9 ? phase.clock.sleep(fullMs) : undefined,
    ...options,
  });
  return phase.start();
}

Deno.test("what is late because the way out was full says so, and for how long", async () => {
  const phase = behind(55, { maxRequests: 18 });
  await phase.clock.advance(1_000);
  const waits = phase.issued.map(({ backlogWaitNs = null }) =>
    backlogWaitNs && backlogWaitNs / 1e6
  );
  assertEquals(waits, [...Array(10).fill(null), 45, 35, 25, 15, 5, null, null, null]);
  assertEquals(phase.issuedMs.slice(9), [90, 145, 145, 145, 145, 145, 150, 160, 170]);
});

Deno.test("where the way out stays too narrow, all that is late waited for it from the first time on", async () => {
  const phase = behind(200, { maxDurationMs: 400, graceMs: 1_000 });
  await phase.clock.advance(2_000);
  const { issued } = phase;
  assertEquals(issued.length, 40);
  for (const { dueNs, issuedNs, backlogWaitNs } of issued.slice(10)) {
    assertEquals(backlogWaitNs, issuedNs - dueNs);
  }
});

Deno.test("what is late goes on in the grace period, and what is left at its end was due and not reached", async () => {
  const phase = behind(200, { maxDurationMs: 400, graceMs: 150 });
  await phase.clock.advance(549);
  assertEquals(phase.outcome, null);
  await phase.clock.advance(1);
  const { issued, overdue, unsent, reason, endNs } = phase.outcome!;
  assertEquals({ issued, overdue, unsent, reason, endNs }, {
    ...{ issued: 30, overdue: 10, unsent: 0, reason: "duration", endNs: 550e6 },
  });
  assertEquals(phase.issuedMs.at(-1), 490);
});

Deno.test("without a grace period a full way out does not keep a phase from its end", async () => {
  const phase = behind(1e9, { maxDurationMs: 200, graceMs: 0 });
  await phase.clock.advance(200);
  const { issued, overdue, endNs } = phase.outcome!;
  assertEquals([issued, overdue, endNs], [10, 10, 200e6]);
});

Deno.test("a phase that is cancelled while the way out is full ends at once, and nothing was due for long", async () => {
  const phase = behind(1e9, { maxDurationMs: 60_000, graceMs: 30_000 });
  await phase.clock.advance(300);
  phase.runner.cancel(0);
  await settle();
  const { issued, overdue, reason, endNs } = phase.outcome!;
  assertEquals([issued, overdue, reason, endNs], [10, 0, "cancelled", 300e6]);
});

Deno.test("what leaves a closed loop after the way out was full has waited for no more than its news", async () => {
  const phase: FakePhase = new FakePhase({
    load: closedLoad(2),
    serviceMs: () => 10,
    newsMs: 3,
    maxRequests: 6,
    onIssue: ({ index }) => index === 0 ? phase.clock.sleep(5) : undefined,
  });
  phase.start();
  await phase.clock.advance(100);
  const waits = phase.issued.map(({ backlogWaitNs = 0 }) => backlogWaitNs / 1e6);
  assertEquals(waits, [0, 5, 0, 0, 0, 0]);
});

Deno.test("a return that fills the way out again the moment it was free is no end of the phase", async () => {
  const first = Promise.withResolvers<void>();
  const phase: FakePhase = new FakePhase({
    load: closedLoad(1),
    maxRequests: 4,
    onIssue: ({ index }) => index === 0 ? first.promise : phase.clock.sleep(5),
  });
  phase.start();
  await settle();
  // Behind the phase's own: it hears of the room first, and has not gone on by then.
  void first.promise.then(() => phase.giveBack(phase.issued[0]!));
  first.resolve();
  for (let i = 1; i < 4; i++) {
    await phase.clock.advance(10);
    phase.giveBack(phase.issued[i]!);
  }
  await settle();
  const { issued, overdue, reason } = phase.outcome!;
  assertEquals([issued, overdue, reason], [4, 0, "count"]);
});

Deno.test("what is late because the way to the workers was full has not waited for workers", async () => {
  const phase: FakePhase = new FakePhase({
    load: openLoad(100),
    serviceMs: () => 1,
    maxRequests: 18,
    onIssue: ({ index }) =>
      index === 9 ? { room: phase.clock.sleep(55), isForWorkers: false } : undefined,
  }).start();
  await phase.clock.advance(1_000);
  assertEquals(phase.issuedMs.slice(9), [90, 145, 145, 145, 145, 145, 150, 160, 170]);
  assertEquals(phase.issued.map(({ backlogWaitNs = 0 }) => backlogWaitNs), Array(18).fill(0));
});

Deno.test("a wait for the way that comes before one for workers is not counted as that", async () => {
  const phase: FakePhase = new FakePhase({
    load: openLoad(100),
    serviceMs: () => 1,
    maxRequests: 8,
    onIssue({ index }) {
      if (index === 1) return { room: phase.clock.sleep(30), isForWorkers: false };
      return index === 2 ? phase.clock.sleep(15) : undefined;
    },
  }).start();
  await phase.clock.advance(1_000);
  assertEquals(phase.issuedMs, [0, 10, 40, 55, 55, 55, 60, 70]);
  const waits = phase.issued.map(({ backlogWaitNs = 0 }) => backlogWaitNs / 1e6);
  assertEquals(waits, [0, 0, 0, 15, 15, 5, 0, 0]);
});
