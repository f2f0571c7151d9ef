import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Credit } from "../../../common/model/credit.ts";
import type { LoadPlan } from "../../../common/model/run_config.ts";
import { turnsBehind } from "../../../services/timing_manager/user_centric.ts";
import { FakePhase, type FakePhaseOptions, pausing } from "../../helpers/fake_phase.ts";

function load(users: number, ratePerSecond: number): LoadPlan {
  return { kind: "user_centric", users, ratePerSecond };
}

function started(options: FakePhaseOptions): FakePhase {
  return new FakePhase(options).start();
}

function conversation(turns: number) {
  return pausing(...Array(turns - 1).fill(null));
}

Deno.test("all users together have one turn every 1 / rate seconds", async () => {
  const phase = started({
    load: load(5, 10),
    conversations: [conversation(4)],
    maxRequests: 40,
    serviceMs: () => 20,
  });
  await phase.clock.advance(10_000);
  assertEquals(phase.duesMs, Array.from({ length: 40 }, (_due, i) => i * 100));
  assertEquals(phase.issuedMs, phase.duesMs);
});

Deno.test("each user has a turn every users / rate seconds until its turns are over", async () => {
  const phase = started({
    load: load(3, 30),
    conversations: [conversation(3)],
    maxRequests: 12,
    serviceMs: () => 5,
  });
  await phase.clock.advance(10_000);
  // Seats 1 and 2 begin in the middle: their first users have 1 and 2 turns left of 3.
  assertEquals(phase.turns.map((turn) => turn.split("@")[0]), [
    ...["0.0", "1.0", "2.0"],
    ...["0.1", "3.0", "2.1"],
    ...["0.2", "3.1", "4.0"],
    ...["5.0", "3.2", "4.1"],
  ]);
  const last = phase.issued.filter(({ isLastTurn }) => isLastTurn).map(({ sessionIndex }) =>
    sessionIndex
  );
  assertEquals(last, [1, 2, 0, 3]);
});

Deno.test("the first users have every age, spread over the seats", () => {
  for (const users of [1, 2, 3, 5, 10, 13, 64, 100]) {
    const behind = Array.from(
      { length: users },
      (_seat, i) => turnsBehind(i, { users, turns: users }),
    );
    assertEquals(behind[0], 0);
    assertEquals(behind.toSorted((a, b) => a - b), [...Array(users).keys()]);
  }
  for (const seat of [0, 1, 2]) assertEquals(turnsBehind(seat, { users: 3, turns: 1 }), 0);
});

Deno.test("an answer that takes too long moves that user's turns and nobody else's", async () => {
  const phase = started({
    load: load(2, 20),
    conversations: [conversation(6)],
    maxDurationMs: 600,
    graceMs: 1_000,
    serviceMs: (index) => index === 2 ? 230 : 5,
  });
  await phase.clock.advance(10_000);
  const duesOf = (session: number) =>
    phase.issued.flatMap(({ sessionIndex }, i) => sessionIndex === session ? phase.duesMs[i]! : []);
  // The second turn of the first user is answered at 330 instead of before 200.
  assertEquals(duesOf(0), [0, 100, 330, 430, 530]);
  assertEquals(duesOf(1), [50, 150, 250]);
});

Deno.test("the next user takes a seat even when the one before still waits", async () => {
  const phase = started({
    load: load(1, 10),
    conversations: [conversation(2)],
    maxDurationMs: 400,
    graceMs: 1_000,
    serviceMs: (index) => index === 0 ? 250 : 5,
  });
  await phase.clock.advance(10_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@200", "0.1@250", "1.1@300"]);
});

Deno.test("a turn that fails ends its user; the seat goes on by its plan", async () => {
  const phase = started({
    load: load(1, 10),
    conversations: [conversation(3)],
    maxRequests: 4,
    serviceMs: () => 5,
    outcomeOf: ({ index }) => index === 0 ? "error" : "success",
  });
  await phase.clock.advance(10_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@300", "1.1@400", "1.2@500"]);
});

Deno.test("a number of sessions ends it", async () => {
  const phase = started({
    load: load(2, 20),
    conversations: [conversation(2)],
    maxSessions: 3,
    serviceMs: () => 5,
  });
  await phase.clock.advance(10_000);
  assertEquals([phase.outcome!.reason, phase.outcome!.issued], ["count", 5]);
});

Deno.test("with quick answers, the schedule is that of a constant rate, whatever the turns", async () => {
  const turns = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 });
  const users = fc.integer({ min: 1, max: 12 });
  await fc.assert(
    fc.asyncProperty(turns, users, async (counts, seats) => {
      const phase = started({
        load: load(seats, 50),
        conversations: counts.map(conversation),
        maxRequests: 60,
        serviceMs: () => 1,
      });
      await phase.clock.advance(5_000);
      const expected = Array.from({ length: 60 }, (_due, i) => i * 20e6);
      phase.issued.forEach(({ dueNs }, i) => assert(Math.abs(dueNs - expected[i]!) <= 2));
      checkGaps(phase.issued, seats / 50 * 1e9);
    }),
    { numRuns: 60 },
  );
});

/** The turns of one user are a gap apart. */
function checkGaps(credits: readonly Credit[], gapNs: number): void {
  for (const turns of Map.groupBy(credits, ({ sessionIndex }) => sessionIndex).values()) {
    turns.forEach(({ dueNs }, i) => {
      if (i > 0) assert(Math.abs(dueNs - turns[i - 1]!.dueNs - gapNs) <= 2);
    });
  }
}
