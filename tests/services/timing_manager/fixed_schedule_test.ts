import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Trace, TraceError } from "../../../services/timing_manager/trace.ts";
import { TraceStarts } from "../../../services/timing_manager/trace_starts.ts";
import {
  FakePhase,
  type FakePhaseOptions,
  pausing,
  startsOf,
  timed,
} from "../../helpers/fake_phase.ts";
import { traceLoad } from "../../helpers/phase_plan.ts";

function started(options: FakePhaseOptions): FakePhase {
  return new FakePhase(options).start();
}

const TRACE = [timed(5_000), timed(5_250), timed(5_100), timed(6_000)];

Deno.test("each conversation starts at its timestamp, counted from the first", async () => {
  const phase = started({
    load: traceLoad(),
    conversations: TRACE,
    serviceMs: () => 700,
    startNs: 2e9,
  });
  await phase.clock.advance(5_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@100", "2.0@250", "3.0@1000"]);
  assertEquals(phase.issued.map(({ conversationIndex }) => conversationIndex), [0, 2, 1, 3]);
  assertEquals(phase.issuedMs, phase.duesMs);
  assertEquals([phase.outcome!.reason, phase.outcome!.endNs], ["schedule", 2e9 + 1_700e6]);
});

Deno.test("offsets cut the trace and move its origin", async () => {
  const duesOf = async (change: Parameters<typeof traceLoad>[0]) => {
    const load = traceLoad(change);
    const phase = started({ load, conversations: TRACE, serviceMs: () => 1 });
    await phase.clock.advance(10_000);
    return phase.duesMs;
  };
  assertEquals(await duesOf({ originMs: 0 }), [5_000, 5_100, 5_250, 6_000]);
  assertEquals(await duesOf({ originMs: 5_050, startMs: 5_050 }), [50, 200, 950]);
  assertEquals(await duesOf({ endMs: 5_250 }), [0, 100, 250]);
});

Deno.test("later turns go by their timestamps, or by their pauses", async () => {
  const phase = started({
    load: traceLoad(),
    conversations: [timed(100, 400, 500), [...timed(150), ...pausing(40)]],
    serviceMs: () => 50,
  });
  await phase.clock.advance(5_000);
  assertEquals(phase.turns, ["0.0@0", "1.0@50", "1.1@100", "1.2@190", "0.1@300", "0.2@400"]);
  assertEquals(phase.issued.filter(({ movedNs }) => movedNs !== undefined), []);
});

Deno.test("a turn whose time has passed is due when the answer before has come", async () => {
  const phase = started({
    load: traceLoad(),
    conversations: [timed(0, 100, 200)],
    serviceMs: (index) => index === 0 ? 350 : 20,
  });
  await phase.clock.advance(5_000);
  assertEquals(phase.turns, ["0.0@0", "0.1@350", "0.2@370"]);
  assertEquals(phase.issued.map(({ movedNs }) => movedNs), [undefined, 250e6, 170e6]);
});

Deno.test("a cap delays sessions, not their due times", async () => {
  const phase = started({
    load: traceLoad({ concurrencyCap: 1 }),
    conversations: TRACE,
    serviceMs: () => 300,
  });
  await phase.clock.advance(5_000);
  assertEquals(phase.duesMs, [0, 100, 250, 1_000]);
  assertEquals(phase.issuedMs, [0, 300, 600, 1_000]);
});

Deno.test("other limits stop a trace too, and what was due and not sent is counted", async () => {
  const common = { load: traceLoad(), conversations: TRACE, serviceMs: () => 10 };
  const bySessions = started({ ...common, maxSessions: 2 });
  await bySessions.clock.advance(5_000);
  assertEquals([bySessions.outcome!.issued, bySessions.outcome!.reason], [2, "count"]);
  const byTime = started({ ...common, maxDurationMs: 250, graceMs: 0 });
  await byTime.clock.advance(5_000);
  assertEquals([byTime.outcome!.issued, byTime.outcome!.reason], [2, "duration"]);
  const blocked = started({
    ...common,
    load: traceLoad({ concurrencyCap: 1 }),
    maxDurationMs: 500,
    graceMs: 0,
    serviceMs: () => null,
  });
  await blocked.clock.advance(5_000);
  assertEquals([blocked.outcome!.issued, blocked.outcome!.unsent], [1, 2]);
});

Deno.test("what cannot be replayed is told", () => {
  const cut = (conversations: readonly ReturnType<typeof timed>[], change = {}) =>
    new Trace(startsOf(conversations), traceLoad(change));
  assertThrows(() => cut([timed(1), pausing()]), TraceError, "conversation 2 has no timestamp");
  assertThrows(
    () => cut([timed(7), timed(5), timed(40)], { startMs: 9, endMs: 30 }),
    TraceError,
    "no conversation starts from --fixed-schedule-start-offset 9 on up to " +
      "--fixed-schedule-end-offset 30; the timestamps go from 5 to 40",
  );
  assertThrows(() => cut([]), TraceError, "there is no conversation");
  assertThrows(
    () => cut([timed(1_750_000_000_000)], { originMs: 0 }),
    TraceError,
    "the first conversation is due 486111 hours after the start; --fixed-schedule-auto-offset " +
      "begins with it",
  );
  assertEquals(cut([timed(86_400_000)], { originMs: 0 }).length, 1);
});

Deno.test("a trace is replayed while it comes to be known, and ends when that is all", async () => {
  const starts = new TraceStarts([0, 100], false);
  const phase = started({ load: traceLoad(), starts, serviceMs: () => 10 });
  await phase.clock.advance(300);
  assertEquals([phase.duesMs, phase.outcome], [[0, 100], null]);
  // Late news of what should have been sent already, and of what is out of order.
  starts.add([200, 900, 700], false);
  await phase.clock.advance(600);
  assertEquals(phase.duesMs, [0, 100, 200, 700, 900]);
  assertEquals(phase.issuedMs, [0, 100, 300, 700, 900]);
  starts.add([], true);
  await phase.clock.advance(100);
  assertEquals([phase.outcome!.issued, phase.outcome!.reason], [5, "schedule"]);
});

Deno.test("however a trace comes to be known, what is asked for late enough is in order", () => {
  const times = fc.array(fc.nat(50), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(times, fc.nat(40), fc.nat(40), (all, known, taken) => {
    const starts = new TraceStarts(all.slice(0, Math.max(1, known)), false);
    const trace = new Trace(starts, traceLoad());
    const order: number[] = [];
    for (let i = 0; i < taken; i++) {
      const conversation = trace.conversationAt(i);
      if (conversation !== null) order.push(conversation);
    }
    const asked = order.length;
    starts.add(all.slice(Math.max(1, known)), true);
    assertEquals(trace.length, all.length);
    for (let i = asked; i < all.length; i++) order.push(trace.conversationAt(i)!);
    assertEquals(order.toSorted((a, b) => a - b), all.map((_, i) => i));
    const rest = order.slice(asked).map((conversation) => all[conversation]!);
    assertEquals(rest, rest.toSorted((a, b) => a - b));
    order.forEach((conversation, i) => assertEquals(trace.timeAt(i), all[conversation]));
  }));
});
