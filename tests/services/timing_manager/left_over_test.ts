import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FakePhase, type FakePhaseOptions, pausing, timed } from "../../helpers/fake_phase.ts";
import { openLoad, traceLoad } from "../../helpers/phase_plan.ts";

/** What a phase of 400 ms and a grace period of 150 ms leaves whose way out is full from request `last` on. */
async function leftAfter(last: number, options: FakePhaseOptions): Promise<number[]> {
  const phase = new FakePhase({
    maxDurationMs: 400,
    graceMs: 150,
    cancelMs: 0,
    onIssue: ({ index }) => index === last ? new Promise<void>(() => {}) : undefined,
    ...options,
  }).start();
  await phase.clock.advance(600);
  const { issued, overdue, unsent } = phase.outcome!;
  return [issued, overdue, unsent];
}

/** The first three requests come back after 300 ms, the others never do. */
function threeComeBack(index: number): number | null {
  return index < 3 ? 300 : null;
}

Deno.test("where the way out is full, what had no slot either was not kept back by that", async () => {
  const load = openLoad(100, { concurrencyCap: 15 });
  assertEquals(await leftAfter(9, { load, serviceMs: threeComeBack }), [10, 8, 22]);
  const widely = openLoad(100, { concurrencyCap: 100 });
  assertEquals(await leftAfter(9, { load: widely, serviceMs: threeComeBack }), [10, 30, 0]);
});

Deno.test("slots that would have opened only after the end of the grace period were not free", async () => {
  // One every 50 ms: 12 of 21 by the end of the grace period, at 550 ms.
  const load = openLoad(100, { concurrencyCap: 21, concurrencyRampMs: 1_000 });
  assertEquals(await leftAfter(3, { load }), [4, 8, 28]);
});

Deno.test("a full way out keeps back no more than there is room for under a limit on prefills", async () => {
  const prefill = { limit: 12, rampMs: 0 };
  const load = openLoad(100);
  assertEquals(await leftAfter(9, { load, prefill, serviceMs: threeComeBack }), [10, 5, 25]);
});

Deno.test("a turn of a session that has begun is kept back by the full way out: it has its slot", async () => {
  const load = openLoad(100, { concurrencyCap: 10 });
  const conversations = [pausing(null)];
  assertEquals(
    await leftAfter(9, { load, conversations, serviceMs: threeComeBack }),
    [10, 3, 27],
  );
  // With no session left to begin, theirs are all that is left.
  const few = { load, conversations, maxSessions: 10, serviceMs: threeComeBack };
  assertEquals(await leftAfter(9, few), [10, 3, 0]);
});

Deno.test("of a trace the later turns that were due count beside the sessions that had not begun", async () => {
  const conversations = Array.from({ length: 30 }, (_one, i) => timed(i * 10, 350));
  const load = traceLoad();
  assertEquals(await leftAfter(9, { load, conversations, serviceMs: threeComeBack }), [10, 23, 0]);
  const capped = traceLoad({ concurrencyCap: 15 });
  assertEquals(
    await leftAfter(9, { load: capped, conversations, serviceMs: threeComeBack }),
    [10, 8, 15],
  );
});

Deno.test("of users who take turns the turns count whose place had come", async () => {
  const load = { kind: "user_centric" as const, users: 4, ratePerSecond: 100 };
  const conversations = [pausing(null, null, null, null)];
  // Of 40 places; three users have begun, who have 5, 2 and 3 places, and wait for their answers.
  assertEquals(await leftAfter(2, { load, conversations }), [3, 40 - 5 - 2 - 3, 0]);
  // The answer to the first comes, and its next turn cannot go.
  const serviceMs = (index: number) => index === 0 ? 10 : null;
  assertEquals(await leftAfter(2, { load, conversations, serviceMs }), [3, 40 - 5 - 2 - 3 + 1, 0]);
  const prefill = { limit: 2, rampMs: 0 };
  assertEquals(await leftAfter(-1, { load, conversations, prefill }), [2, 0, 40 - 5 - 2]);
  const few = { load, conversations, maxSessions: 4 };
  assertEquals(await leftAfter(2, few), [3, 5, 0]);
});

Deno.test("whatever keeps requests of a rate back, each that was due was let go or is counted", async () => {
  const options = fc.record({
    ratePerSecond: fc.constantFrom(20, 130, 1_000),
    concurrencyCap: fc.option(fc.integer({ min: 1, max: 12 })),
    concurrencyRampMs: fc.constantFrom(0, 300),
    prefill: fc.option(fc.record({
      limit: fc.integer({ min: 1, max: 6 }),
      rampMs: fc.constantFrom(0, 200),
    })),
    pauses: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }),
    maxDurationMs: fc.integer({ min: 1, max: 300 }),
    graceMs: fc.integer({ min: 0, max: 100 }),
    times: fc.array(fc.option(fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 5 }),
    fullMs: fc.array(fc.constantFrom(0, 0, 0, 30, 90, 1e6), { minLength: 1, maxLength: 9 }),
    isForWorkers: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ times, fullMs, isForWorkers, pauses, ...rest }) => {
      const { ratePerSecond, concurrencyCap, concurrencyRampMs, ...limits } = rest;
      const phase: FakePhase = new FakePhase({
        ...limits,
        load: openLoad(ratePerSecond, { concurrencyCap, concurrencyRampMs }),
        conversations: [pausing(...pauses)],
        serviceMs: (index) => times[index % times.length]!,
        firstTokenMs: () => 1,
        onIssue: ({ index }) => {
          const ms = fullMs[index % fullMs.length]!;
          return ms === 0 ? undefined : { room: phase.clock.sleep(ms), isForWorkers };
        },
      });
      phase.start();
      await phase.clock.advance(5_000);
      const { issued, overdue, unsent, reason } = phase.outcome!;
      assertEquals(reason, "duration");
      let due = 0;
      while (Math.round(due * 1e9 / ratePerSecond) < limits.maxDurationMs * 1e6) due++;
      assertEquals(issued + overdue + unsent, due);
      assertEquals(overdue > 0 && fullMs.every((ms) => ms === 0), false);
      const isLimited = concurrencyCap !== null || limits.prefill !== null;
      assertEquals(unsent > 0 && !isLimited, false);
    }),
    { numRuns: 200 },
  );
});
