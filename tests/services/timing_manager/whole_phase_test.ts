import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { concurrencyOf } from "../../../common/config/resolve_load.ts";
import type { LoadPlan } from "../../../common/model/run_config.ts";
import { FakePhase, type FakePhaseOptions, pausing } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad, traceLoad } from "../../helpers/phase_plan.ts";

const loads: fc.Arbitrary<LoadPlan> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(0, 100)).map(([slots, rampMs]) =>
    closedLoad(slots, rampMs)
  ),
  fc.record({
    ratePerSecond: fc.constantFrom(20, 130, 1_000),
    arrivals: fc.constantFrom("constant", "poisson", "gamma"),
    smoothness: fc.constantFrom(0.3, 4),
    rateRampMs: fc.constantFrom(0, 150),
    concurrencyCap: fc.option(fc.integer({ min: 1, max: 4 })),
    concurrencyRampMs: fc.constantFrom(0, 80),
  }).map(({ ratePerSecond, ...change }) => openLoad(ratePerSecond, change)),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(20, 300)).map((
    [users, ratePerSecond],
  ): LoadPlan => ({ kind: "user_centric", users, ratePerSecond })),
  fc.option(fc.integer({ min: 1, max: 3 })).map((concurrencyCap) => traceLoad({ concurrencyCap })),
);

const conversations = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 250 }),
    fc.array(fc.option(fc.integer({ min: 0, max: 60 })), { maxLength: 3 }),
  ).map(([startMs, pauses]) => {
    const [first, ...others] = pausing(...pauses);
    return [{ ...first!, timestampMs: startMs }, ...others];
  }),
  { minLength: 1, maxLength: 8 },
);

Deno.test("whatever the load and the server, every credit ends and no limit is passed", async () => {
  const options = fc.record({
    load: loads,
    conversations,
    prefill: fc.option(fc.record({
      limit: fc.integer({ min: 1, max: 3 }),
      rampMs: fc.constantFrom(0, 50),
    })),
    cancellation: fc.option(fc.constant({ share: 0.3, delayMs: 1 })),
    maxRequests: fc.integer({ min: 1, max: 60 }),
    maxSessions: fc.option(fc.integer({ min: 1, max: 20 })),
    maxDurationMs: fc.integer({ min: 1, max: 300 }),
    graceMs: fc.integer({ min: 0, max: 100 }),
    cancelMs: fc.option(fc.integer({ min: 0, max: 50 })),
    times: fc.array(fc.option(fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 10 }),
    newsMs: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    cancelAt: fc.option(fc.integer({ min: 0, max: 400 })),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ times, fails, cancelAt, newsMs, ...rest }) => {
      const phase = new FakePhase({
        ...rest,
        ...(newsMs !== undefined && { newsMs }),
        serviceMs: (index) => times[index % times.length]!,
        firstTokenMs: (index) => Math.min(10, (times[index % times.length] ?? 10) / 2),
        outcomeOf: ({ index }) => fails[index % fails.length] ? "error" : "success",
      }).start();
      if (cancelAt !== null) {
        await phase.clock.advance(cancelAt);
        phase.runner.cancel(10);
      }
      // What was sent last may come back 240 ms after the end, and then nothing for 1.5 s and a look of
      // 250 ms. Deadlines are slept to in whole milliseconds: each may come one later.
      const latestMs = rest.maxDurationMs + rest.graceMs + 1_755;
      await phase.clock.advance(latestMs);
      const { issued, account, reason, endNs } = phase.outcome!;
      const { succeeded, failed, cancelled, lost, inFlight } = account;
      assertEquals([issued, inFlight], [succeeded + failed + cancelled + lost, 0]);
      assertEquals(phase.issued.map(({ index }) => index), [...Array(issued).keys()]);
      assert(issued <= rest.maxRequests);
      assert(phase.duesMs.every((ms) => ms < rest.maxDurationMs));
      assert(phase.issued.every(({ dueNs, issuedNs }) => issuedNs >= dueNs));
      assert(endNs <= latestMs * 1e6);
      assert(phase.mostPrefilling <= (rest.prefill?.limit ?? Infinity));
      const { maxSessions } = rest;
      const sessions = checkSessions(phase, rest);
      assert(sessions <= (maxSessions ?? Infinity));
      assert(reason !== "count" || issued === rest.maxRequests || sessions === maxSessions);
      const slots = rest.load.kind === "user_centric" ? null : concurrencyOf(rest.load);
      assert(slots === null || phase.mostInFlight <= slots);
      const waits = slots !== null || rest.prefill !== null || newsMs !== undefined;
      if (!waits) assertEquals(phase.issuedMs, phase.duesMs);
    }),
    { numRuns: 250 },
  );
});

/** Checks the turns of every session; returns how many sessions there are. */
function checkSessions(phase: FakePhase, { load, conversations }: FakePhaseOptions): number {
  const { kind } = load;
  const sessions = Map.groupBy(phase.issued, ({ sessionIndex }) => sessionIndex);
  assertEquals([...sessions.keys()].toSorted((a, b) => a - b), [...Array(sessions.size).keys()]);
  for (const credits of sessions.values()) {
    const turns = conversations![credits[0]!.conversationIndex]!;
    for (const [i, credit] of credits.entries()) {
      assertEquals([credit.turnIndex, credit.isLastTurn && i + 1 < credits.length], [i, false]);
      if (i === 0) continue;
      const { delayMs } = turns[i]!;
      const answeredNs = phase.endedNs.get(credits[i - 1]!.id)!;
      assert(credit.dueNs >= answeredNs);
      if (kind !== "user_centric") assert(credit.dueNs >= answeredNs + (delayMs ?? 0) * 1e6);
    }
  }
  return sessions.size;
}
