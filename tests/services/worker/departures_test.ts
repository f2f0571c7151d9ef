import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Alarm, TimerAlarm } from "../../../common/runtime/alarm.ts";
import { Departures } from "../../../services/worker/departures.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** Departures by a clock that a test moves; what has left, and when in milliseconds. */
function station(makeAlarm?: (ring: () => void) => Alarm) {
  const clock = new FakeClock();
  const left: [thing: string, ms: number][] = [];
  const departures = new Departures<string>({
    clock,
    alarm: makeAlarm ?? ((ring) => new TimerAlarm(clock, ring)),
    leave: (thing) => left.push([thing, clock.nowNs() / 1e6]),
  });
  return { clock, departures, left };
}

Deno.test("what comes ahead of its time leaves when it is due", async () => {
  const { clock, departures, left } = station();
  departures.add("late", 20e6);
  departures.add("soon", 5e6);
  departures.add("between", 12e6);
  assertEquals([departures.size, left], [3, []]);
  await clock.advance(100);
  assertEquals(left, [["soon", 5], ["between", 12], ["late", 20]]);
  assertEquals(departures.size, 0);
});

Deno.test("what is due already leaves before its arrival is over, behind what was due before it", async () => {
  let ring = () => {};
  const { clock, departures, left } = station((toRing) => {
    ring = toRing;
    return { set() {}, close() {} };
  });
  departures.add("at once", -3e6);
  departures.add("waits", 4e6);
  await clock.advance(5);
  // The alarm is late: this one rings for it.
  departures.add("due", 3e6);
  ring();
  assertEquals(left.map(([thing]) => thing), ["at once", "due", "waits"]);
});

Deno.test("what is due together leaves in one turn, in the order in which it came", async () => {
  const { clock, departures, left } = station();
  const names = Array.from({ length: 64 }, (_, i) => `${i}`);
  for (const name of names) departures.add(name, 8e6);
  await clock.advance(8);
  assertEquals(left, names.map((name) => [name, 8]));
});

Deno.test("an alarm that rings early lets nothing go early", async () => {
  const { clock, departures, left } = station((ring) => {
    const hasty = {
      nowNs: () => clock.nowNs(),
      sleep: (ms: number) => clock.sleep(Math.max(0.1, ms - 1.5)),
    };
    return new TimerAlarm(hasty, ring);
  });
  departures.add("a", 10e6);
  await clock.advance(9.9);
  assertEquals(left, []);
  await clock.advance(0.2);
  assertEquals(left.map(([thing]) => thing), ["a"]);
});

Deno.test("when all is called off everything leaves at once", async () => {
  const { clock, departures, left } = station();
  departures.add("b", 9e6);
  departures.add("a", 7e6);
  await clock.advance(1);
  departures.releaseAll();
  assertEquals(left, [["a", 1], ["b", 1]]);
  departures.add("c", 4e6);
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
    const { clock, departures, left } = station();
    const expected: [string, number][] = [];
    for (const [i, { waitMs, aheadMs }] of all.entries()) {
      await clock.advance(waitMs);
      const nowMs = clock.nowNs() / 1e6;
      expected.push([`${i}`, Math.max(nowMs, nowMs + aheadMs)]);
      departures.add(`${i}`, (nowMs + aheadMs) * 1e6);
    }
    await clock.advance(100);
    const byName = (a: [string, number], b: [string, number]) => Number(a[0]) - Number(b[0]);
    assertEquals(left.toSorted(byName), expected);
    assertEquals(left.map(([, ms]) => ms), left.map(([, ms]) => ms).toSorted((a, b) => a - b));
  }));
});
