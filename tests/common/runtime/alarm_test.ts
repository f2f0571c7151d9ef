import { assert, assertEquals } from "@std/assert";
import { type Alarm, ThreadAlarm, TimerAlarm } from "../../../common/runtime/alarm.ts";
import { type Clock, SystemClock } from "../../../common/runtime/clock.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { until } from "../../helpers/until.ts";

interface Rings {
  readonly alarm: Alarm;
  readonly clock: SystemClock;
  /** When it rang. */
  readonly rangNs: number[];
}

/** Runs with an alarm of each kind. */
async function withAlarms(use: (rings: Rings) => Promise<void>): Promise<void> {
  for (const Kind of [TimerAlarm, ThreadAlarm]) {
    const clock = new SystemClock(Date.now());
    const rangNs: number[] = [];
    const alarm = new Kind(clock, () => rangNs.push(clock.nowNs()));
    try {
      if (alarm instanceof ThreadAlarm) await until("the thread", () => alarm.isPrecise);
      await use({ alarm, clock, rangNs });
    } finally {
      alarm.close();
    }
  }
}

/** Clocks of two threads may differ by so much. */
const ROUNDING_NS = 100e3;

Deno.test("an alarm rings once, and not before its time", async () => {
  await withAlarms(async ({ alarm, clock, rangNs }) => {
    for (const [i, ms] of [20, 0.3, 5, -3].entries()) {
      const atNs = clock.nowNs() + ms * 1e6;
      alarm.set(atNs);
      await until("it rings", () => rangNs.length > i);
      assert(rangNs[i]! >= atNs - ROUNDING_NS, `${atNs - rangNs[i]!} ns early`);
      assertEquals(rangNs.length, i + 1);
    }
  });
});

Deno.test("of two times the last that was set counts, be it earlier or later", async () => {
  await withAlarms(async ({ alarm, clock, rangNs }) => {
    alarm.set(clock.nowNs() + 3_600e9);
    alarm.set(clock.nowNs() + 2e6);
    await until("it rings", () => rangNs.length > 0);
    // So far off that no machine is stopped for that long in between.
    const laterNs = clock.nowNs() + 1_050e6;
    alarm.set(clock.nowNs() + 1_000e6);
    alarm.set(laterNs);
    await until("it rings", () => rangNs.length > 1);
    assert(rangNs[1]! >= laterNs - ROUNDING_NS);
  });
});

Deno.test("an alarm that is called off does not ring", async () => {
  await withAlarms(async ({ alarm, clock, rangNs }) => {
    alarm.set(clock.nowNs() + 700e6);
    alarm.set(null);
    await new Promise((resolve) => setTimeout(resolve, 800));
    assertEquals(rangNs, []);
  });
});

Deno.test("an alarm that is set anew each time it rings misses no time", async () => {
  const clock = new SystemClock(Date.now());
  let rings = 0;
  const alarm: ThreadAlarm = new ThreadAlarm(clock, () => {
    // Some times have passed already: the thread rings before this returns.
    if (++rings < 300) alarm.set(clock.nowNs() + (rings % 3 - 1) * 200e3);
  });
  await until("the thread", () => alarm.isPrecise);
  alarm.set(clock.nowNs());
  await until("all rings", () => rings === 300);
  alarm.close();
});

Deno.test("a thread that knows the time after the next one rings for it, too", async () => {
  const clock = new SystemClock(Date.now());
  const rangNs: number[] = [];
  const alarm = new ThreadAlarm(clock, () => rangNs.push(clock.nowNs()));
  await until("the thread", () => alarm.isPrecise);
  const nowNs = clock.nowNs();
  alarm.set(nowNs + 2e6, nowNs + 40e6);
  await until("both rings", () => rangNs.length === 2);
  assert(rangNs[1]! >= nowNs + 40e6 - ROUNDING_NS);
  // What follows is set without a word to the thread, or comes before what it knows.
  for (const [nextMs, thenMs] of [[5, 20], [20, 21], [3, 50], [1, null]] as const) {
    const count = rangNs.length;
    const atNs = clock.nowNs();
    alarm.set(atNs + nextMs * 1e6, thenMs && atNs + thenMs * 1e6);
    await until("it rings", () => rangNs.length > count);
    assert(rangNs[count]! >= atNs + nextMs * 1e6 - ROUNDING_NS);
  }
  alarm.close();
});

Deno.test("a time that is set before the thread is there is kept", async () => {
  const clock = new SystemClock(Date.now());
  const rangNs: number[] = [];
  const alarm = new ThreadAlarm(clock, () => rangNs.push(clock.nowNs()));
  const atNs = clock.nowNs() + 1e6;
  alarm.set(atNs);
  await until("it rings", () => rangNs.length > 0);
  assert(rangNs[0]! >= atNs - ROUNDING_NS);
  alarm.close();
});

/** Makes an alarm whose thread is what `Thread` plays. */
function alarmWith(Thread: new () => unknown, clock: Clock, ring: () => void): ThreadAlarm {
  const { Worker } = globalThis;
  globalThis.Worker = Thread as typeof Worker;
  try {
    return new ThreadAlarm(clock, ring);
  } finally {
    globalThis.Worker = Worker;
  }
}

Deno.test("where no thread is to be had, the event loop's timer rings", async () => {
  const clock = new FakeClock();
  let rings = 0;
  const none = class {
    constructor() {
      throw new Error("Resource temporarily unavailable");
    }
  };
  const alarm = alarmWith(none, clock, () => rings++);
  alarm.set(1e6);
  await clock.advance(0.9);
  assertEquals([rings, alarm.isPrecise], [0, false]);
  await clock.advance(0.1);
  assertEquals(rings, 1);
  alarm.close();
});

/** A thread that sleeps and rings as a test says. */
class PlayedThread {
  static last: PlayedThread;
  onmessage = () => {};
  #cells!: Int32Array;
  #times!: Float64Array;

  constructor() {
    PlayedThread.last = this;
  }

  postMessage({ cells, times }: { cells: Int32Array; times: Float64Array }): void {
    this.#cells = cells;
    this.#times = times;
  }

  terminate(): void {}

  /** How often it has been given times. */
  get sets(): number {
    return Atomics.load(this.#cells, 0);
  }

  /** The next time that it is to ring at and the one after it, in ms since 1970 by its clock. */
  get times(): readonly number[] {
    return [...this.#times.subarray(0, 2)];
  }

  /** Rings when its clock shows `atMs`. */
  ring(atMs: number): void {
    this.#times[3] = atMs;
    Atomics.add(this.#cells, 1, 1);
    Atomics.notify(this.#cells, 1);
  }
}

/** What the clock of this thread shows, in ms since 1970. */
function ownMs(): number {
  return performance.timeOrigin + performance.now();
}

Deno.test("a thread whose clock was set forward is told times by its own clock once it has rung too early", async () => {
  const clock = new FakeClock();
  let rings = 0;
  const alarm = alarmWith(PlayedThread, clock, () => rings++);
  const thread = PlayedThread.last;
  thread.onmessage();
  let threadMs = 0;
  /** The thread was set when its clock showed `threadMs`, or a little later. */
  const assertToldSince = (fromMs: number) => {
    const tookMs = ownMs() - fromMs;
    for (const [i, leftMs] of [20, 30].entries()) {
      const lateMs = thread.times[i]! - (threadMs + leftMs);
      assert(lateMs > -0.01 && lateMs < tookMs + 0.01, `${lateMs} ms`);
    }
  };
  threadMs = ownMs();
  alarm.set(20e6, 30e6);
  assertToldSince(threadMs);
  for (const forwardMs of [3_600_000, 60_000]) {
    const { sets } = thread;
    const fromMs = ownMs();
    threadMs += forwardMs;
    thread.ring(threadMs);
    await until("the thread is set anew", () => thread.sets > sets);
    assertToldSince(fromMs);
  }
  assertEquals(rings, 0);
  clock.work(20);
  thread.ring(thread.times[0]!);
  await until("it rings", () => rings === 1);
  alarm.close();
});

Deno.test("a thread that rings a little before the time, as clocks of two threads may differ, is taken at its word", async () => {
  const clock = new FakeClock();
  let rings = 0;
  const alarm = alarmWith(PlayedThread, clock, () => rings++);
  const thread = PlayedThread.last;
  thread.onmessage();
  alarm.set(20e6);
  const { sets } = thread;
  clock.work(19.96);
  thread.ring(ownMs());
  await until("it rings", () => rings === 1);
  assertEquals(thread.sets, sets);
  alarm.close();
});

Deno.test("a closed alarm rings no more", async () => {
  const clock = new FakeClock();
  let rings = 0;
  const alarm = new TimerAlarm(clock, () => rings++);
  alarm.set(5e6);
  alarm.close();
  await clock.advance(100);
  assertEquals(rings, 0);
});

Deno.test("closing an alarm that has rung, or was never set, does not ring it", async () => {
  for (const isSet of [true, false]) {
    const clock = new SystemClock(Date.now());
    let rings = 0;
    const alarm = new ThreadAlarm(clock, () => rings++);
    await until("the thread", () => alarm.isPrecise);
    if (isSet) {
      alarm.set(clock.nowNs());
      await until("it rings", () => rings === 1);
    }
    alarm.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(rings, isSet ? 1 : 0);
  }
});

Deno.test("a ring comes in a turn of the event loop, however often the alarm rings in between", async () => {
  const clock = new SystemClock(Date.now());
  let rings = 0;
  let isOver = false;
  // It is always late already: whoever took all rings at once would never come to the timer.
  const alarm: ThreadAlarm = new ThreadAlarm(clock, () => {
    rings++;
    if (!isOver) alarm.set(clock.nowNs() - 1e6);
  });
  await until("the thread", () => alarm.isPrecise);
  alarm.set(clock.nowNs());
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The thread may be slow to get a CPU.
  await until("a ring", () => rings > 0);
  isOver = true;
  alarm.close();
  // The timer that gave the event loop its turns runs out.
  await new Promise((resolve) => setTimeout(resolve, 5));
});
