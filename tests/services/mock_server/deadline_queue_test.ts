import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Deadline,
  DeadlineQueue,
  type DeadlineTimer,
} from "../../../services/mock_server/deadline_queue.ts";

/** A timer that wakes `lateMs` after what it was asked for, like an event loop does. */
class FakeTimer implements DeadlineTimer {
  now = 0;
  pausedMs = 0;
  started: { wakeMs: number; fire: () => void } | null = null;
  turns: (() => void)[] = [];
  readonly #lateMs: number;

  constructor(lateMs: number) {
    this.#lateMs = lateMs;
  }

  nowMs(): number {
    return this.now;
  }

  start(delayMs: number, fire: () => void): () => void {
    assertEquals(this.started, null, "a second timer while one runs");
    assert(Number.isInteger(delayMs) && delayMs >= 0);
    this.started = { wakeMs: this.now + delayMs + this.#lateMs, fire };
    return () => this.started = null;
  }

  pause(delayMs: number): void {
    assert(delayMs > 0 && delayMs <= 1);
    this.now += delayMs;
    this.pausedMs += delayMs;
  }

  turn(run: () => void): void {
    this.turns.push(run);
  }

  /** Lets the running timer fire, with the turn that its call begins with; false if none runs. */
  step(): boolean {
    const timer = this.started;
    if (timer === null) return false;
    this.started = null;
    this.now = Math.max(this.now, timer.wakeMs);
    const turns = this.turns.length;
    timer.fire();
    if (this.turns.length > turns) this.turns.pop()!();
    return true;
  }
}

function deadline(dueMs: number, onDue: () => void): Deadline {
  return { dueMs, onDue };
}

Deno.test("DeadlineQueue does everything once, in order, never early", () => {
  const dues = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 200 });
  fc.assert(fc.property(dues, fc.constantFrom(0, 0.2, 1.2), (all, lateMs) => {
    const timer = new FakeTimer(lateMs);
    const queue = new DeadlineQueue(timer);
    const done: number[] = [];
    for (const dueMs of all) {
      queue.add(deadline(dueMs, () => {
        assert(timer.now >= dueMs);
        done.push(dueMs);
      }));
    }
    let steps = 0;
    while (timer.step()) assert(++steps < 2000);
    assertEquals(done, [...all].sort((a, b) => a - b));
    assertEquals(queue.size, 0);
  }));
});

Deno.test("DeadlineQueue sleeps out less than a millisecond when the timer came too early", () => {
  const timer = new FakeTimer(0.2);
  const queue = new DeadlineQueue(timer);
  let at = 0;
  queue.add(deadline(10.7, () => at = timer.now));
  timer.step();
  assertEquals(at, 10.7);
  assertEquals(Math.round(timer.pausedMs * 10), 5);
});

Deno.test("DeadlineQueue moves its timer to an earlier deadline, not to a later one", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  queue.add(deadline(50, () => {}));
  queue.add(deadline(80, () => {}));
  assertEquals(timer.started?.wakeMs, 50);
  queue.add(deadline(20, () => {}));
  assertEquals(timer.started?.wakeMs, 20);
});

Deno.test("DeadlineQueue takes deadlines that are added while it works", () => {
  const timer = new FakeTimer(0.3);
  const queue = new DeadlineQueue(timer);
  const times: number[] = [];
  const item = deadline(5, () => {
    times.push(Math.floor(timer.now));
    item.dueMs += 5;
    if (times.length < 4) queue.add(item);
  });
  queue.add(item);
  while (timer.step());
  assertEquals(times, [5, 10, 15, 20]);
});

Deno.test("DeadlineQueue forgets everything when cleared", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  queue.add(deadline(5, () => assert(false)));
  queue.clear();
  assertEquals([timer.started, queue.size], [null, 0]);
});

Deno.test("DeadlineQueue gives the event loop a turn every half a millisecond", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  const done: number[] = [];
  const turns: number[] = [];
  for (let i = 0; i < 10; i++) {
    queue.add(deadline(5, () => {
      timer.now += 0.2;
      done.push(i);
    }));
  }
  timer.step();
  while (timer.turns.length > 0) {
    turns.push(done.length);
    // What is added meanwhile starts no timer: the queue goes on by itself.
    if (turns.length === 1) queue.add(deadline(6, () => done.push(10)));
    assertEquals([timer.started, timer.turns.length], [null, 1]);
    timer.turns.shift()!();
  }
  assertEquals(turns, [3, 6, 9]);
  assertEquals([done.length, done.at(-1), queue.size], [11, 10, 0]);
});

Deno.test("DeadlineQueue catches up with what is due, and no more, when it is asked to", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  const done: number[] = [];
  for (const dueMs of [5, 6, 8]) queue.add(deadline(dueMs, () => done.push(dueMs)));
  queue.catchUp();
  assertEquals(done, []);
  timer.now = 7;
  queue.catchUp();
  assertEquals(done, [5, 6]);
  while (timer.step());
  assertEquals(done, [5, 6, 8]);
});

Deno.test("DeadlineQueue that is to go on after a turn is not run by another way as well", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  const done: number[] = [];
  for (let i = 0; i < 3; i++) {
    queue.add(deadline(5, () => {
      timer.now += 0.5;
      done.push(i);
    }));
  }
  timer.now = 5;
  queue.catchUp();
  queue.catchUp();
  timer.step();
  assertEquals([done.length, timer.turns.length], [1, 1]);
  while (timer.turns.length > 0) timer.turns.shift()!();
  assertEquals([done.length, timer.step()], [3, false]);
});

Deno.test("DeadlineQueue lets sockets be looked at every few milliseconds, however dense deadlines are", () => {
  const timer = new FakeTimer(0);
  const queue = new DeadlineQueue(timer);
  const turnsMs: number[] = [0];
  const turn = timer.turn.bind(timer);
  timer.turn = (run) => {
    turnsMs.push(timer.now);
    turn(run);
  };
  let done = 0;
  for (let i = 0; i < 2000; i++) {
    queue.add(deadline(i * 0.05, () => {
      timer.now += 0.04;
      done++;
    }));
  }
  while (timer.step() || timer.turns.length > 0) timer.turns.shift()?.();
  const gaps = turnsMs.slice(1).map((ms, i) => ms - turnsMs[i]!);
  assertEquals(done, 2000);
  assert(Math.max(...gaps) < 4, `a gap of ${Math.max(...gaps)} ms`);
  assert(turnsMs.length < 100, `${turnsMs.length} turns in 100 ms`);
});
