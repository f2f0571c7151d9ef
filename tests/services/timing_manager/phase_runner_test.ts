import { assert, assertEquals } from "@std/assert";
import type { LoadPlan } from "../../../common/model/run_config.ts";
import { CreditLedger } from "../../../services/timing_manager/credit_ledger.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { FakePhase, type FakePhaseOptions, pausing, timed } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad, traceLoad } from "../../helpers/phase_plan.ts";

function started(options: FakePhaseOptions): FakePhase {
  return new FakePhase(options).start();
}

function open(ratePerSecond: number, concurrencyCap: number | null = null): LoadPlan {
  return openLoad(ratePerSecond, { concurrencyCap });
}

function every(ms: number, count: number): number[] {
  return Array.from({ length: count }, (_entry, i) => i * ms);
}

Deno.test("a closed loop fills all its slots at once", async () => {
  const phase = started({ load: closedLoad(4), maxRequests: 100, startNs: 5e9 });
  await settle();
  assertEquals(phase.issued.map(({ id, index, dueNs, issuedNs }) => [id, index, dueNs, issuedNs]), [
    [0, 0, 5e9, 5e9],
    [1, 1, 5e9, 5e9],
    [2, 2, 5e9, 5e9],
    [3, 3, 5e9, 5e9],
  ]);
  assertEquals(phase.runner.progress, { issued: 4, returned: 0, inFlight: 4 });
});

Deno.test("in a closed loop the next credit of a slot is due the moment its last one returns", async () => {
  const phase = started({
    load: closedLoad(2),
    maxRequests: 6,
    serviceMs: (i) => [10, 25][i % 2]!,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, [0, 0, 10, 20, 25, 35]);
  assertEquals(phase.issuedMs, phase.duesMs);
  assertEquals(phase.mostInFlight, 2);
  assertEquals(phase.outcome, {
    startNs: 0,
    endNs: 60e6,
    issued: 6,
    reason: "count",
    wasCancelled: false,
    wasCutShort: false,
    unsent: 0,
    overdue: 0,
    missing: [],
    account: { issued: 6, succeeded: 6, failed: 0, cancelled: 0, lost: 0, inFlight: 0 },
  });
});

Deno.test("a count smaller than the concurrency is kept", async () => {
  const phase = started({ load: closedLoad(8), maxRequests: 3, serviceMs: () => 1 });
  await phase.clock.advance(10);
  assertEquals(phase.issued.length, 3);
  assertEquals(phase.outcome!.endNs, 1e6);
});

Deno.test("a closed loop stops at the end of its duration and lets the rest finish", async () => {
  const phase = started({
    load: closedLoad(2),
    maxDurationMs: 100,
    graceMs: 50,
    serviceMs: (index) => index % 2 ? 30 : 40,
  });
  await phase.clock.advance(1_000);
  assert(phase.duesMs.every((ms) => ms < 100));
  const { reason, endNs, issued, account } = phase.outcome!;
  assertEquals([reason, issued, account.succeeded], ["duration", 6, 6]);
  assertEquals([endNs, phase.cancelledNs], [110e6, []]);
});

Deno.test("a closed loop whose requests never end stops by its duration all the same", async () => {
  const phase = started({ load: closedLoad(3), maxDurationMs: 100, graceMs: 0 });
  await phase.clock.advance(100);
  assertEquals(phase.outcome!.reason, "duration");
  assertEquals(phase.outcome!.account.cancelled, 3);
});

Deno.test("an open loop sends by its schedule, whatever the answers take", async () => {
  const phase = started({ load: open(100), maxRequests: 50, serviceMs: () => 100, startNs: 7e9 });
  await phase.clock.advance(2_000);
  assertEquals(phase.duesMs, every(10, 50));
  assertEquals(phase.issuedMs, phase.duesMs);
  assertEquals(phase.mostInFlight, 10);
  assertEquals(phase.outcome!.endNs, 7e9 + 590e6);
});

Deno.test("200 requests a second for 10 seconds are 2,000", async () => {
  const phase = started({
    load: open(200),
    maxDurationMs: 10_000,
    graceMs: 1_000,
    serviceMs: () => 3,
  });
  await phase.clock.advance(12_000);
  const { issued, reason, endNs, account } = phase.outcome!;
  assertEquals([issued, reason, account.succeeded], [2_000, "duration", 2_000]);
  assertEquals(endNs, 10_000e6);
});

Deno.test("of a count and a duration the first to be reached stops", async () => {
  const common = { load: open(100), graceMs: 0, serviceMs: () => 1 };
  const byCount = started({ ...common, maxRequests: 20, maxDurationMs: 1_000 });
  await byCount.clock.advance(2_000);
  assertEquals([byCount.outcome!.reason, byCount.outcome!.issued], ["count", 20]);
  assertEquals(byCount.outcome!.endNs, 191e6);
  const byTime = started({ ...common, maxRequests: 200, maxDurationMs: 1_000 });
  await byTime.clock.advance(2_000);
  assertEquals([byTime.outcome!.reason, byTime.outcome!.issued], ["duration", 100]);
});

Deno.test("a Poisson schedule is followed", async () => {
  const load = openLoad(50, { arrivals: "poisson" });
  const phase = started({ load, maxRequests: 100, serviceMs: () => 5 });
  await phase.clock.advance(10_000);
  assertEquals(phase.issuedMs, phase.duesMs);
  assertEquals(new Set(phase.duesMs).size, 100);
  assert(Math.abs(phase.duesMs[99]! - 2_000) < 600);
});

Deno.test("what is late goes out at once, in order, with its due time", async () => {
  // The way out is full for 55 ms from the third request on.
  const phase: FakePhase = started({
    load: open(100),
    maxRequests: 10,
    serviceMs: () => 1,
    onIssue: ({ index }) => index === 2 ? phase.clock.sleep(55) : undefined,
  });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, every(10, 10));
  assertEquals(phase.issuedMs, [0, 10, 20, 75, 75, 75, 75, 75, 80, 90]);
});

Deno.test("a phase whose start has passed catches up", async () => {
  const phase = new FakePhase({ load: open(100), maxDurationMs: 100, serviceMs: () => 1 });
  void phase.runner.run(-35e6).then((outcome) => phase.outcome = outcome);
  await phase.clock.advance(200);
  assertEquals(phase.duesMs, [-35, -25, -15, -5, 5, 15, 25, 35, 45, 55]);
  assertEquals(phase.issuedMs, [0, 0, 0, 0, 5, 15, 25, 35, 45, 55]);
});

Deno.test("under a cap a credit waits for a slot and keeps its due time", async () => {
  const phase = started({ load: open(100, 2), maxRequests: 6, serviceMs: () => 35 });
  await phase.clock.advance(1_000);
  assertEquals(phase.duesMs, every(10, 6));
  assertEquals(phase.issuedMs, [0, 10, 35, 45, 70, 80]);
  assertEquals(phase.mostInFlight, 2);
});

Deno.test("a credit tells how long it waited for a slot, and not what held it up after that", async () => {
  const waitsOf = async (options: Omit<FakePhaseOptions, "load" | "maxRequests">) => {
    const phase = started({ load: open(100, 2), maxRequests: 5, serviceMs: () => 35, ...options });
    await phase.clock.advance(1_000);
    return phase.issued.map(({ slotWaitNs, dueNs, issuedNs }) => [
      slotWaitNs === undefined ? null : slotWaitNs / 1e6,
      (issuedNs - dueNs) / 1e6,
    ]);
  };
  assertEquals(await waitsOf({}), [[null, 0], [null, 0], [15, 15], [15, 15], [30, 30]]);
  // The news that a slot is free takes 4 ms: late, too, but not for want of a slot.
  const late = [[null, 0], [null, 0], [15, 19], [15, 19], [34, 38]];
  assertEquals(await waitsOf({ newsMs: 4 }), late);
  const prefill = { limit: 1, rampMs: 0 };
  const firstToken = await waitsOf({ prefill, firstTokenMs: () => 12 });
  assertEquals(firstToken, [[null, 0], [2, 2], [15, 15], [17, 17], [30, 30]]);
  const lateToken = await waitsOf({ prefill, firstTokenMs: () => 12, newsMs: 4 });
  assertEquals(lateToken, [[null, 0], [2, 6], [15, 19], [21, 25], [34, 38]]);
});

Deno.test("slots that free together are all used at once", async () => {
  const phase = started({ load: open(100, 3), maxRequests: 8 });
  await phase.clock.advance(60);
  for (const credit of [...phase.issued]) phase.giveBack(credit);
  await settle();
  assertEquals(phase.issuedMs, [0, 10, 20, 60, 60, 60]);
});

Deno.test("what finds no slot before the duration ends is not sent, but told", async () => {
  const phase = started({
    load: open(100, 1),
    maxDurationMs: 100,
    graceMs: 1_000,
    serviceMs: () => 40,
  });
  await phase.clock.advance(2_000);
  assertEquals(phase.issuedMs, [0, 40, 80]);
  const { reason, issued, unsent, endNs } = phase.outcome!;
  assertEquals([reason, issued, unsent, endNs], ["duration", 3, 7, 120e6]);
});

Deno.test("a wait for a slot ends with the duration even when nothing returns", async () => {
  const phase = started({ load: open(1_000, 1), maxRequests: 50, maxDurationMs: 100, graceMs: 20 });
  await phase.clock.advance(120);
  assertEquals(phase.cancelledNs, [120e6]);
  assertEquals([phase.outcome!.reason, phase.outcome!.unsent], ["duration", 49]);
});

Deno.test("a slot that would open after the end is not waited for, nor is one that is given back", async () => {
  const phase = started({
    load: closedLoad(2),
    prefill: { limit: 2, rampMs: 50 },
    maxDurationMs: 1,
    graceMs: 0,
    cancelMs: null,
    firstTokenMs: () => 5,
  });
  await phase.clock.advance(1_502);
  assertEquals(phase.duesMs, [0]);
  assertEquals(phase.outcome?.reason, "duration");
  assertEquals(phase.outcome?.account.lost, 1);
});

Deno.test("after the grace period what is in flight is cancelled", async () => {
  const phase = started({
    load: open(10),
    maxDurationMs: 1_000,
    graceMs: 500,
    serviceMs: (index) => index < 8 ? 100 : null,
    cancelMs: 3,
  });
  await phase.clock.advance(1_499);
  assertEquals([phase.cancelledNs, phase.outcome], [[], null]);
  await phase.clock.advance(10);
  assertEquals(phase.cancelledNs, [1_500e6]);
  const { endNs, account, reason } = phase.outcome!;
  assertEquals([endNs, reason], [1_503e6, "duration"]);
  assertEquals([account.succeeded, account.cancelled, account.lost], [8, 2, 0]);
  // The workers know the time from the start.
  assertEquals([...new Set(phase.issued.map(({ cutOffNs }) => cutOffNs))], [1_500e6]);
});

Deno.test("the grace period also bounds a phase that reached its count first", async () => {
  const phase = started({ load: open(10), maxRequests: 2, maxDurationMs: 1_000, graceMs: 500 });
  await phase.clock.advance(1_600);
  assertEquals(phase.cancelledNs, [1_500e6]);
  assertEquals([phase.outcome!.reason, phase.outcome!.wasCancelled], ["count", false]);
});

Deno.test("without a grace period the last requests may take as long as they like", async () => {
  const hour = 3_600_000;
  for (const end of [{ maxRequests: 3 }, { maxDurationMs: 25 }]) {
    const phase = started({ load: open(100), ...end, serviceMs: () => hour });
    await phase.clock.advance(hour + 1_000);
    assertEquals([phase.outcome!.account.succeeded, phase.cancelledNs.length], [3, 0]);
    assert(phase.issued.every(({ cutOffNs }) => cutOffNs === undefined));
  }
});

Deno.test("what does not even come back from cancellation is lost", async () => {
  const phase = started({
    load: open(10),
    maxDurationMs: 500,
    graceMs: 0,
    serviceMs: (index) => index === 0 ? 10 : null,
    cancelMs: null,
  });
  await phase.clock.advance(1_999);
  assertEquals(phase.outcome, null);
  await phase.clock.advance(1);
  const { missing, account, endNs } = phase.outcome!;
  assertEquals(missing.map(({ index }) => index), [1, 2, 3, 4]);
  assertEquals([account.succeeded, account.lost, account.inFlight], [1, 4, 0]);
  assertEquals(endNs, 2_000e6);
  assertEquals(phase.giveBack(missing[0]!).kind, "late");
});

Deno.test("cancelling stops at once and gives what is in flight a moment", async () => {
  for (const load of [open(100), open(100, 5), closedLoad(5)]) {
    const phase = started({ load, maxRequests: 1_000, serviceMs: (i) => i % 2 ? 60 : 5_000 });
    await phase.clock.advance(205);
    const before = phase.issued.length;
    phase.runner.cancel(100);
    await phase.clock.advance(99);
    assertEquals([phase.cancelledNs, phase.outcome], [[], null]);
    await phase.clock.advance(10);
    const { reason, wasCancelled, issued, account } = phase.outcome!;
    assertEquals([reason, wasCancelled, issued], ["cancelled", true, before]);
    assertEquals(account.succeeded + account.cancelled, before);
    assert(account.cancelled > 0);
  }
});

Deno.test("cancelling works while only the last answers are waited for", async () => {
  const phase = started({ load: open(100), maxRequests: 3 });
  await phase.clock.advance(10_000);
  phase.runner.cancel(50);
  await phase.clock.advance(60);
  const { reason, wasCancelled, endNs } = phase.outcome!;
  assertEquals([reason, wasCancelled, endNs], ["count", true, 10_050e6]);
});

Deno.test("cancelling never lengthens the grace period, and the shortest notice counts", async () => {
  const phase = started({ load: open(100), maxDurationMs: 100, graceMs: 30 });
  await phase.clock.advance(110);
  phase.runner.cancel(10_000);
  await phase.clock.advance(25);
  assertEquals(phase.cancelledNs, [130e6]);
  const other = started({ load: closedLoad(1), maxDurationMs: 100, graceMs: 30_000 });
  other.runner.cancel(10_000);
  other.runner.cancel(20);
  await other.clock.advance(25);
  assertEquals(other.cancelledNs, [20e6]);
});

Deno.test("cancelling before the start sends nothing", async () => {
  for (const load of [open(100), closedLoad(5)]) {
    const phase = new FakePhase({ load, maxDurationMs: 1_000 });
    phase.runner.cancel(0);
    phase.start();
    await settle();
    assertEquals([phase.issued.length, phase.outcome!.reason], [0, "cancelled"]);
  }
});

Deno.test("cancelling frees a loop that waits for a slot or for room", async () => {
  const waiting = started({ load: open(100, 1), maxRequests: 10, graceMs: 0 });
  await waiting.clock.advance(50);
  waiting.runner.cancel(0);
  await waiting.clock.advance(1);
  assertEquals([waiting.outcome!.issued, waiting.outcome!.unsent], [1, 0]);
});

Deno.test("stray returns are reported and free no slot", async () => {
  const phase = started({ load: closedLoad(1), maxRequests: 10 });
  await settle();
  const credit = phase.issued[0]!;
  assertEquals(
    phase.runner.onReturn({ creditId: 7, phase: "profiling", outcome: "success" }).kind,
    "unknown",
  );
  assertEquals(phase.giveBack(credit).kind, "settled");
  assertEquals(phase.giveBack(credit).kind, "repeated");
  assertEquals(phase.issued.length, 2);
});

Deno.test("ids go on from phase to phase, indexes begin anew", async () => {
  const ledger = new CreditLedger();
  for (const expected of [0, 3]) {
    const phase = started({ load: closedLoad(2), maxRequests: 3, serviceMs: () => 1, ledger });
    await phase.clock.advance(10);
    assertEquals(phase.issued.map(({ id }) => id), [expected, expected + 1, expected + 2]);
    assertEquals(phase.issued.map(({ index }) => index), [0, 1, 2]);
    assertEquals(phase.issued.map(({ conversationIndex }) => conversationIndex), [0, 1, 2]);
  }
});

/** Two requests after each other, of which the second waits for the first in some way. */
const FOLLOWING: Record<string, Pick<FakePhaseOptions, "load" | "conversations">> = {
  "a slot": { load: closedLoad(1) },
  "a pause": { load: closedLoad(1), conversations: [pausing(2)] },
  "a slot beside a rate": { load: openLoad(1_000, { concurrencyCap: 1 }) },
  "a turn beside a rate": { load: openLoad(50), conversations: [pausing(null)] },
  "a turn of a trace": { load: traceLoad(), conversations: [timed(0, 1)] },
  "a user's turn": {
    load: { kind: "user_centric", users: 1, ratePerSecond: 1_000 },
    conversations: [pausing(null)],
  },
};

const DUE_MS: Record<string, number> = {
  "a slot": 10,
  "a pause": 12,
  // It keeps the time of its arrival.
  "a slot beside a rate": 1,
  // The only session that there may be goes on with the arrival after its answer.
  "a turn beside a rate": 20,
  "a turn of a trace": 10,
  "a user's turn": 10,
};

for (const [name, options] of Object.entries(FOLLOWING)) {
  Deno.test(`what waits for ${name} is due from the end of the answer on, not from the news of it`, async () => {
    const of = async (newsMs: number) => {
      const plan = { maxRequests: 2, maxSessions: options.conversations ? 1 : null };
      const phase = new FakePhase({ ...options, ...plan, serviceMs: () => 10, newsMs }).start();
      await phase.clock.advance(1_000);
      return [phase.duesMs[1], phase.issuedMs[1]];
    };
    const dueMs = DUE_MS[name]!;
    assertEquals(await of(0), [dueMs, Math.max(dueMs, 10)]);
    assertEquals(await of(30), [dueMs, 40]);
  });
}

Deno.test("news from the future, by a clock that is ahead, is of now", async () => {
  const phase = new FakePhase({ load: closedLoad(1), maxRequests: 2 }).start();
  await phase.clock.advance(10);
  phase.giveBack(phase.issued[0]!, "success", 25e6);
  assertEquals([phase.duesMs, phase.issuedMs], [[0, 10], [0, 10]]);
});
