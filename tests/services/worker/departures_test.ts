import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Alarm, TimerAlarm } from "../../../common/runtime/alarm.ts";
import { WriteGate } from "../../../common/http/write_gate.ts";
import { Departures } from "../../../services/worker/departures.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** Departures by a clock that a test moves; what has been prepared and left, when in milliseconds. */
function station(makeAlarm?: (ring: () => void) => Alarm) {
  const clock = new FakeClock();
  const left: [thing: string, ms: number][] = [];
  const prepared: [thing: string, ms: number][] = [];
  const departures = new Departures({
    gate: new WriteGate(),
    clock,
    alarm: makeAlarm ?? ((ring) => new TimerAlarm(clock, ring)),
  });
  const add = (name: string, dueNs: number) =>
    departures.add({
      prepare: () => prepared.push([name, clock.nowNs() / 1e6]),
      leave: () => left.push([name, clock.nowNs() / 1e6]),
    }, dueNs);
  return { clock, departures, add, prepared, left };
}

Deno.test("what comes ahead of its time leaves when it is due", async () => {
  const { clock, add, departures, left } = station();
  add("late", 20e6);
  add("soon", 5e6);
  add("between", 12e6);
  assertEquals([departures.size, left], [3, []]);
  await clock.advance(100);
  assertEquals(left, [["soon", 5], ["between", 12], ["late", 20]]);
  assertEquals(departures.size, 0);
});

Deno.test("what is due already leaves before its arrival is over, behind what was due before it", async () => {
  let ring = () => {};
  const { clock, add, left } = station((toRing) => {
    ring = toRing;
    return { set() {}, close() {} };
  });
  add("at once", -3e6);
  add("waits", 4e6);
  await clock.advance(5);
  // The alarm is late: this one rings for it.
  add("due", 3e6);
  ring();
  assertEquals(left.map(([thing]) => thing), ["at once", "due", "waits"]);
});

Deno.test("what is due together leaves in one turn, in the order in which it came", async () => {
  const { clock, add, left } = station();
  const names = Array.from({ length: 64 }, (_, i) => `${i}`);
  for (const name of names) add(name, 8e6);
  await clock.advance(8);
  assertEquals(left, names.map((name) => [name, 8]));
});

Deno.test("what is due together is made ready first, up to 256 at a time, and written then", async () => {
  const clock = new FakeClock();
  const gate = new WriteGate();
  const steps: string[] = [];
  const departures = new Departures({
    clock,
    gate,
    alarm: (ring) => new TimerAlarm(clock, ring),
  });
  const write = () => {
    steps.push("written");
    return Promise.resolve();
  };
  const leave = () => {
    steps.push("ready");
    void gate.pass(write);
  };
  for (let i = 0; i < 300; i++) departures.add({ prepare() {}, leave }, 8e6);
  await clock.advance(8);
  const runs: [step: string, count: number][] = [];
  for (const step of steps) {
    if (runs.at(-1)?.[0] === step) runs.at(-1)![1]++;
    else runs.push([step, 1]);
  }
  assertEquals(runs, [["ready", 256], ["written", 256], ["ready", 44], ["written", 44]]);
});

Deno.test("what can be prepared further before it is due is, and what has left is not", async () => {
  const { clock, departures, prepared, left } = station();
  const note = (name: string) => ({
    prepare: () => prepared.push([name, clock.nowNs() / 1e6]),
    leave: () => left.push([name, clock.nowNs() / 1e6]),
  });
  const further = departures.add(note("a"), 8e6);
  departures.add(note("b"), 9e6);
  await clock.advance(3);
  further();
  assertEquals(prepared, [["a", 0], ["b", 0], ["a", 3]]);
  await clock.advance(6);
  further();
  assertEquals(prepared.length, 3);
  assertEquals(left, [["a", 8], ["b", 9]]);
});

Deno.test("an alarm that rings early lets nothing go early", async () => {
  const { clock, add, left } = station((ring) => {
    const hasty = {
      nowNs: () => clock.nowNs(),
      sleep: (ms: number) => clock.sleep(Math.max(0.1, ms - 1.5)),
    };
    return new TimerAlarm(hasty, ring);
  });
  add("a", 10e6);
  await clock.advance(9.9);
  assertEquals(left, []);
  await clock.advance(0.2);
  assertEquals(left.map(([thing]) => thing), ["a"]);
});

Deno.test("when all is called off everything leaves at once", async () => {
  const { clock, add, departures, left } = station();
  add("b", 9e6);
  add("a", 7e6);
  await clock.advance(1);
  departures.releaseAll();
  assertEquals(left, [["a", 1], ["b", 1]]);
  add("c", 4e6);
  await clock.advance(50);
  assertEquals(left.slice(2), [["c", 4]]);
});

Deno.test("whatever comes when, each leaves once, at the later of its arrival and its due time", async () => {
  const arrivals = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 9 }),
      aheadMs: fc.integer({ min: -5, max: 30 }),
    }),
    { maxLength: 40 },
  );
  await fc.assert(fc.asyncProperty(arrivals, async (all) => {
    const { clock, add, left } = station();
    const expected: [string, number][] = [];
    for (const [i, { waitMs, aheadMs }] of all.entries()) {
      await clock.advance(waitMs);
      const nowMs = clock.nowNs() / 1e6;
      expected.push([`${i}`, Math.max(nowMs, nowMs + aheadMs)]);
      add(`${i}`, (nowMs + aheadMs) * 1e6);
    }
    await clock.advance(100);
    const byName = (a: [string, number], b: [string, number]) => Number(a[0]) - Number(b[0]);
    assertEquals(left.toSorted(byName), expected);
    assertEquals(left.map(([, ms]) => ms), left.map(([, ms]) => ms).toSorted((a, b) => a - b));
  }));
});

Deno.test("what waits is prepared at once, in the order in which it is due", async () => {
  const { clock, add, prepared } = station();
  add("b", 9e6);
  add("a", 7e6);
  assertEquals(prepared, [["b", 0], ["a", 0]]);
  await clock.advance(20);
  assertEquals(prepared.length, 2);
});

Deno.test("what leaves on its arrival is not prepared beforehand", () => {
  const { add, prepared, left } = station();
  add("late", -1e6);
  assertEquals([prepared, left], [[], [["late", 0]]]);
});

Deno.test("nothing is prepared just before a departure, but right after it", async () => {
  const { clock, add, prepared, left } = station();
  add("first", 10e6);
  await clock.advance(9.9);
  add("second", 20e6);
  add("third", 30e6);
  assertEquals(prepared, [["first", 0]]);
  await clock.advance(0.1);
  assertEquals(left, [["first", 10]]);
  assertEquals(prepared.slice(1), [["second", 10], ["third", 10]]);
});

Deno.test("what takes long to prepare is begun only when there is as much time", async () => {
  const clock = new FakeClock();
  const events: string[] = [];
  const departures = new Departures({
    clock,
    gate: new WriteGate(),
    alarm: (ring) => new TimerAlarm(clock, ring),
  });
  const add = (name: string, dueMs: number, takesMs: number) =>
    departures.add({
      prepare() {
        clock.work(takesMs);
        events.push(`prepared ${name} at ${clock.nowNs() / 1e6}`);
      },
      leave: () => events.push(`${name} left at ${clock.nowNs() / 1e6}`),
    }, dueMs * 1e6);
  add("a", 10, 3);
  add("b", 12, 5);
  add("c", 13, 1);
  await clock.advance(20);
  assertEquals(events, [
    "prepared a at 3",
    "prepared b at 8",
    "a left at 10",
    "b left at 12",
    "c left at 13",
  ]);
});

Deno.test("what was called off is not prepared any more", async () => {
  const { clock, add, departures, prepared, left } = station();
  add("first", 0.1e6);
  add("second", 9e6);
  departures.releaseAll();
  await clock.advance(20);
  assertEquals([prepared, left.length], [[], 2]);
});

Deno.test("what leaves without having been prepared is not kept", async () => {
  const { clock, add, departures, prepared, left } = station();
  add("first", 0.1e6);
  for (let i = 1; i < 1000; i++) {
    add(`${i}`, (i + 1) * 0.1e6);
    await clock.advance(0.1);
  }
  assertEquals([prepared.length, left.length, departures.unprepared], [0, 999, 1]);
  await clock.advance(0.1);
  assertEquals([departures.size, departures.unprepared], [0, 0]);
});

Deno.test("who works long looks for what has become due, and lets it go before the alarm", async () => {
  const { clock, add, departures, left } = station();
  add("a", 3e6);
  add("b", 8e6);
  departures.look();
  assertEquals(left, []);
  clock.work(4);
  departures.look();
  assertEquals(left, [["a", 4]]);
  await clock.advance(20);
  assertEquals(left, [["a", 4], ["b", 8]]);
});

Deno.test("what has become due leaves before others are taken in", () => {
  const { clock, add, left } = station();
  add("a", 3e6);
  clock.work(4);
  add("b", 9e6);
  assertEquals(left, [["a", 4]]);
});
