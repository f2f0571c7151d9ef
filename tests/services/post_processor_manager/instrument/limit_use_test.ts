import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RequestRecord } from "../../../../common/model/record.ts";
import type { Intervals } from "../../../../common/stats/time_weighted.ts";
import { limitUse } from "../../../../services/post_processor_manager/instrument/limit_use.ts";
import { closedLoad, openLoad } from "../../../helpers/phase_plan.ts";
import { recordOf } from "../../../helpers/records.ts";
import { reportOn } from "./reporting.ts";

const MS = 1e6;

type Pair = [start: number, end: number];

function intervals(pairs: readonly Pair[]): Intervals {
  return {
    starts: Float64Array.from(pairs, ([start]) => start),
    ends: Float64Array.from(pairs, ([, end]) => end),
  };
}

const WINDOW = { from: 10, to: 60 };

Deno.test("a limit is in use as far as its slots are while requests wait", () => {
  const of = (waiting: Pair[], used: Pair[], limit = 1) =>
    limitUse(intervals(waiting), [{ limit, used: intervals(used) }], WINDOW);
  assertEquals(of([[0, 50]], [[0, 50]]), 1);
  assertEquals(of([[0, 50]], []), 0);
  // Empty for 8 ms of the 40 in which one waited.
  assertEquals(of([[0, 50]], [[0, 30], [38, 90]]), 0.8);
  // Nobody waited, or only before or after.
  assertEquals([of([], []), of([[0, 10]], []), of([[60, 90]], [])], [null, null, null]);
  // One that waits could have used one of three slots, two could have used two of them.
  assertEquals(of([[0, 50]], [], 3), 0);
  assertEquals(of([[0, 50]], [[0, 90]], 3), 0.5);
  assertEquals(of([[0, 50], [0, 50]], [[0, 90]], 3), 1 / 3);
  assertEquals(of([[0, 50], [0, 50], [0, 50]], [[0, 90]], 3), 1 / 3);
  // More than the limit were there: nothing is missing.
  assertEquals(of([[0, 50]], [[0, 90], [0, 90]], 1), 1);
});

Deno.test("of two limits the one counts that leaves less room, at each instant", () => {
  const waiting = intervals([[10, 60], [10, 60]]);
  const slots = { limit: 4, used: intervals([[0, 90], [0, 90]]) };
  // One of two prefills until 30 ms, then both: 20 · 1 of 2, then 30 · 2 of 2.
  const prefills = { limit: 2, used: intervals([[0, 90], [30, 90]]) };
  assertAlmostEquals(limitUse(waiting, [slots, prefills], WINDOW)!, 80 / 100, 1e-12);
});

Deno.test("the use of limits agrees with counting at every instant", () => {
  const pair = fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 20 }))
    .map(([start, length]): Pair => [start, start + length]);
  const pairs = fc.array(pair, { maxLength: 15 });
  const limit = fc.integer({ min: 1, max: 5 });
  fc.assert(fc.property(pairs, pairs, pairs, limit, limit, (waiting, slots, prefills, a, b) => {
    let [used, possible] = [0, 0];
    for (let t = WINDOW.from; t < WINDOW.to; t++) {
      const at = (all: Pair[]) => all.filter(([start, end]) => start <= t && t < end).length;
      const [least, other] = [[a, at(slots)], [b, at(prefills)]]
        .sort(([m, n], [o, p]) => (m! - n!) - (o! - p!));
      assert(least![0]! - least![1]! <= other![0]! - other![1]!);
      if (at(waiting) === 0) continue;
      used += least![1]!;
      possible += least![1]! + Math.max(0, Math.min(at(waiting), least![0]! - least![1]!));
    }
    const limits = [{ limit: a, used: intervals(slots) }, { limit: b, used: intervals(prefills) }];
    const found = limitUse(intervals(waiting), limits, WINDOW);
    if (possible === 0) assertEquals(found, null);
    else assertAlmostEquals(found!, used / possible, 1e-9);
  }));
});

/** What a loop of some slots under a limit of one prefill at a time is like, in milliseconds. */
interface Loop {
  readonly slots: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** From a first token or an answer until the next request has left. */
  readonly ours: number;
}

/** The records of such a loop. */
function loop({ slots, prefillMs, decodeMs, ours }: Loop, count: number): RequestRecord[] {
  const freeMs = Array.from({ length: slots }, () => 0);
  let prefillFreeMs = 0;
  return Array.from({ length: count }, (_, i) => {
    const dueMs = freeMs.shift()!;
    const goMs = Math.max(dueMs, prefillFreeMs);
    const sentMs = goMs + ours;
    prefillFreeMs = sentMs + prefillMs;
    freeMs.push(prefillFreeMs + decodeMs);
    freeMs.sort((a, b) => a - b);
    return recordOf({
      creditId: i,
      dueNs: dueMs * MS,
      ...goMs > dueMs && { slotWaitNs: (goMs - dueMs) * MS },
      issuedNs: goMs * MS,
      receivedNs: goMs * MS,
      sentNs: sentMs * MS,
      chunksAfterNs: [prefillMs * MS, (prefillMs + decodeMs) * MS],
      endAfterNs: (prefillMs + decodeMs) * MS,
    });
  });
}

Deno.test("in a closed loop under a prefill limit the verdict finds who kept the slots empty", () => {
  const judged = (given: Loop, count: number) => {
    const { instrument: { reasons, limitUse } } = reportOn(loop(given, count), {
      load: closedLoad(given.slots),
      prefill: { limit: 1, rampMs: 0 },
    });
    return { found: reasons.map(({ check, level }) => [check, level]), limitUse };
  };
  const limit = ["cap_held_back", "SUSPECT"];
  // A server that takes its time: 30 ms each, one after the other.
  const slow = judged({ slots: 4, prefillMs: 30, decodeMs: 1, ours: 0.5 }, 200);
  assertEquals(slow.found, [limit]);
  assertAlmostEquals(slow.limitUse!, 30 / 30.5, 1e-3);
  // A very quick one: what takes time is the way to it.
  const quick = judged({ slots: 4, prefillMs: 0.4, decodeMs: 0.1, ours: 1.6 }, 2_000);
  assertEquals(quick.found, [["concurrency_kept", "INVALID"], limit]);
  assertAlmostEquals(quick.limitUse!, 0.2, 1e-2);
  // Ten prefills in the time of an answer would do: they take a seventh longer for us.
  const ours = judged({ slots: 10, prefillMs: 10, decodeMs: 89, ours: 1.5 }, 400);
  assertEquals(ours.found, [["concurrency_kept", "SUSPECT"]]);
  const fine = judged({ slots: 10, prefillMs: 10, decodeMs: 93, ours: 0.2 }, 400);
  assertEquals(fine.found, []);
});

Deno.test("at a rate beside a cap the verdict finds who kept it from being reached", () => {
  const judged = (answerMs: number, ours: number) => {
    let freeMs = 0;
    const records = Array.from({ length: 1_000 }, (_, i) => {
      const dueMs = i * 2;
      const goMs = Math.max(dueMs, freeMs);
      freeMs = goMs + ours + answerMs;
      return recordOf({
        creditId: i,
        dueNs: dueMs * MS,
        ...goMs > dueMs && { slotWaitNs: (goMs - dueMs) * MS },
        issuedNs: goMs * MS,
        receivedNs: goMs * MS,
        sentNs: (goMs + ours) * MS,
        chunksAfterNs: [answerMs * MS],
        endAfterNs: answerMs * MS,
      });
    });
    const load = openLoad(500, { concurrencyCap: 1 });
    return reportOn(records, { load }).instrument.reasons.map(({ check, level }) => [check, level]);
  };
  const cap = ["cap_held_back", "SUSPECT"];
  assertEquals(judged(40, 0.5), [cap]);
  assertEquals(judged(0.5, 2.5), [["concurrency_kept", "INVALID"]]);
  assertEquals(judged(10, 1), [["concurrency_kept", "SUSPECT"], cap]);
  assertEquals(judged(1, 0.9), []);
});

Deno.test("in a closed loop of conversations what it takes to go on is found out, too", () => {
  // Four at a time, turn after turn without a pause, each let go so late.
  const judged = (answerMs: number, oursMs: number) => {
    const cycleMs = answerMs + oursMs;
    const turns = Math.ceil(3_000 / cycleMs);
    const records = Array.from({ length: 4 * turns }, (_, i) => {
      const turn = i % turns;
      return recordOf({
        creditId: i,
        turnIndex: turn % 10,
        isLastTurn: turn % 10 === 9,
        dueNs: turn * cycleMs * MS,
        issuedNs: turn * cycleMs * MS,
        receivedNs: turn * cycleMs * MS,
        sentNs: (turn * cycleMs + oursMs) * MS,
        chunksAfterNs: [answerMs * MS],
        endAfterNs: answerMs * MS,
      });
    });
    const { instrument } = reportOn(records, { load: closedLoad(4) });
    return instrument.reasons.map(({ check, level }) => [check, level]);
  };
  assertEquals(judged(50, 1), []);
  assertEquals(judged(20, 1.5), [["concurrency_kept", "SUSPECT"]]);
  assertEquals(judged(0.5, 1.5), [["concurrency_kept", "INVALID"]]);
});
