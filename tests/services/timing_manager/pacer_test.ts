import { assert, assertEquals } from "@std/assert";
import type { Clock } from "../../../common/runtime/clock.ts";
import { PrecisePacer } from "../../../services/timing_manager/pacer.ts";

const NEVER = new AbortController().signal;

/** A thread whose every step takes time, and that writes down what it does. */
class FakeThread implements Clock {
  readonly steps: string[] = [];
  timerLateNs = 1.3e6;
  wakeUpLateNs = 100e3;
  longestTimerMs = Infinity;
  #nowNs: number;

  constructor(nowNs = 0) {
    this.#nowNs = nowNs;
  }

  /** Looking at the clock takes a microsecond, so that a loop that spins gets on. */
  nowNs(): number {
    return this.#nowNs += 1_000;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    assert(Number.isInteger(ms) && ms > 0, `a timer of ${ms} ms`);
    this.steps.push("sleep");
    this.#nowNs += Math.min(ms, this.longestTimerMs) * 1e6 + this.timerLateNs;
    return Promise.resolve();
  }

  block(ms: number): void {
    this.steps.push("block");
    this.#nowNs += ms * 1e6 + this.wakeUpLateNs;
  }

  turn(): Promise<void> {
    this.steps.push("turn");
    this.#nowNs += 15e3;
    return Promise.resolve();
  }

  pass(ns: number): void {
    this.#nowNs += ns;
  }
}

function paced(thread: FakeThread): PrecisePacer {
  return new PrecisePacer(thread, {
    block: (ms) => thread.block(ms),
    turn: () => thread.turn(),
  });
}

async function lateness(thread: FakeThread, waitNs: number): Promise<number> {
  const dueNs = thread.nowNs() + waitNs;
  await paced(thread).pause(dueNs, NEVER);
  return thread.nowNs() - dueNs;
}

Deno.test("a far due time is slept towards, then blocked, then hit", async () => {
  const thread = new FakeThread();
  const late = await lateness(thread, 5e9);
  assertEquals(thread.steps, ["turn", "sleep", "block"]);
  assert(late >= 0 && late < 10e3, `${late} ns late`);
});

Deno.test("a near due time needs no timer", async () => {
  const thread = new FakeThread();
  const late = await lateness(thread, 3e6);
  assertEquals(thread.steps, ["turn", "block"]);
  assert(late >= 0 && late < 10e3, `${late} ns late`);
});

Deno.test("for the last instant the thread does not even block", async () => {
  const thread = new FakeThread();
  const late = await lateness(thread, 100e3);
  assertEquals(thread.steps, ["turn"]);
  assert(late >= 0 && late < 10e3, `${late} ns late`);
});

Deno.test("it is never early, and late only by what the machine is late", async () => {
  for (const waitNs of [20e3, 150e3, 900e3, 4.9e6, 5.1e6, 7e6, 60e6, 3_600e9]) {
    for (const timerLateNs of [0, 1.3e6, 3.5e6]) {
      for (const wakeUpLateNs of [0, 100e3, 2e6]) {
        const thread = Object.assign(new FakeThread(), { timerLateNs, wakeUpLateNs });
        const late = await lateness(thread, waitNs);
        assert(late >= 0 && late <= wakeUpLateNs + 10e3, `${waitNs} ns: ${late} ns late`);
      }
    }
  }
});

Deno.test("a timer that ends too soon is set again", async () => {
  const thread = Object.assign(new FakeThread(), { longestTimerMs: 20 });
  const late = await lateness(thread, 50e6);
  assertEquals(thread.steps, ["turn", "sleep", "sleep", "sleep", "block"]);
  assert(late >= 0 && late < 10e3);
});

Deno.test("what is due together goes out without a break", async () => {
  const thread = new FakeThread(1e9);
  const pacer = paced(thread);
  await pacer.pause(1e9, NEVER);
  assertEquals(thread.steps, ["turn"]);
  for (let i = 0; i < 100; i++) assertEquals(pacer.pause(0.9e9, NEVER), null);
});

Deno.test("a long backlog leaves the event loop a turn every millisecond", async () => {
  const thread = new FakeThread(1e9);
  const pacer = paced(thread);
  for (let i = 0; i < 1_000; i++) {
    const pause = pacer.pause(0.5e9, NEVER);
    if (pause) await pause;
    thread.pass(20e3);
  }
  assert(thread.steps.length >= 18 && thread.steps.length <= 22, `${thread.steps.length} turns`);
  assert(thread.steps.every((step) => step === "turn"));
});

Deno.test("an abort ends the wait without blocking", async () => {
  const thread = new FakeThread();
  const abort = new AbortController();
  const sleep = thread.sleep.bind(thread);
  thread.sleep = (ms, signal) => {
    abort.abort();
    return sleep(ms, signal);
  };
  await paced(thread).pause(60e9, abort.signal);
  assertEquals(thread.steps, ["turn"]);
});
