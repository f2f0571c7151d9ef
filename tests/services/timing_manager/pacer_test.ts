import { assert, assertEquals } from "@std/assert";
import type { Clock } from "../../../common/runtime/clock.ts";
import { TimerPacer } from "../../../services/timing_manager/pacer.ts";

const NEVER = new AbortController().signal;

/** A thread whose every step takes time, and that writes down what it does. */
class FakeThread implements Clock {
  readonly sleepsMs: number[] = [];
  timerLateNs = 1.3e6;
  longestTimerMs = Infinity;
  #nowNs: number;

  constructor(nowNs = 0) {
    this.#nowNs = nowNs;
  }

  nowNs(): number {
    return this.#nowNs += 1_000;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    this.sleepsMs.push(ms);
    this.#nowNs += Math.min(ms, this.longestTimerMs) * 1e6 + this.timerLateNs;
    return Promise.resolve();
  }
}

Deno.test("it is never early, and late only by what the timer is late", async () => {
  for (const waitNs of [20e3, 900e3, 4.9e6, 60e6, 3_600e9]) {
    for (const timerLateNs of [0, 1.3e6, 3.5e6]) {
      const thread = Object.assign(new FakeThread(), { timerLateNs });
      const dueNs = thread.nowNs() + waitNs;
      await new TimerPacer(thread).pause(dueNs, NEVER);
      const late = thread.nowNs() - dueNs;
      assert(late >= 0 && late <= timerLateNs + 10e3, `${waitNs} ns: ${late} ns late`);
    }
  }
});

Deno.test("a timer that ends too soon is set again", async () => {
  const thread = Object.assign(new FakeThread(), { longestTimerMs: 20, timerLateNs: 0 });
  await new TimerPacer(thread).pause(50e6, NEVER);
  assertEquals(thread.sleepsMs.length, 3);
});

Deno.test("what is due together goes out without a break", () => {
  const pacer = new TimerPacer(new FakeThread(1e9));
  for (let i = 0; i < 250; i++) assertEquals(pacer.pause(0.9e9, NEVER), null);
});

Deno.test("a long backlog leaves the event loop a turn now and then", async () => {
  const thread = new FakeThread(1e9);
  const pacer = new TimerPacer(thread);
  for (let i = 0; i < 10_000; i++) {
    const pause = pacer.pause(0.5e9, NEVER);
    if (pause) await pause;
  }
  assertEquals(thread.sleepsMs.length, Math.floor(10_000 / 257));
});

Deno.test("an abort ends the wait", async () => {
  const thread = Object.assign(new FakeThread(), { longestTimerMs: 1 });
  const abort = new AbortController();
  const sleep = thread.sleep.bind(thread);
  thread.sleep = (ms, signal) => {
    abort.abort();
    return sleep(ms, signal);
  };
  await new TimerPacer(thread).pause(60e9, abort.signal);
  assert(thread.nowNs() < 1e9);
});
