import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { WorkQueue } from "../../../common/runtime/work_queue.ts";
import { FakeTurns } from "../../helpers/fake_turns.ts";

Deno.test("WorkQueue begins behind what is ready, without a turn of the event loop", () => {
  const turns = new FakeTurns();
  const queue = new WorkQueue(turns);
  const done: string[] = [];
  queue.add(() => done.push("a"));
  queue.add(() => done.push("b"));
  assertEquals(done, []);
  turns.runSoon();
  assertEquals([done, turns.turns], [["a", "b"], 0]);
  queue.add(() => done.push("c"));
  turns.runSoon();
  assertEquals([done, turns.turns], [["a", "b", "c"], 0]);
});

Deno.test("WorkQueue does everything once and in order, in stretches of half a millisecond", () => {
  const lengths = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 100 });
  fc.assert(fc.property(lengths, (all) => {
    const turns = new FakeTurns();
    const queue = new WorkQueue(turns);
    const done: number[] = [];
    let begunMs = turns.now;
    for (const [i, ms] of all.entries()) {
      queue.add(() => {
        assert(turns.now < begunMs + 0.5, "work begins after the end of the stretch");
        turns.work(ms);
        done.push(i);
      });
    }
    turns.runSoon();
    for (let count = done.length; count < all.length; count = done.length) {
      assert(turns.now >= begunMs + 0.5, "a pause before the end of the stretch");
      begunMs = turns.now;
      assert(turns.turn());
      assert(done.length > count, "a stretch in which nothing is done");
    }
    assertEquals(done, all.map((_, i) => i));
    assertEquals(turns.turn(), false);
  }));
});

Deno.test("WorkQueue takes work that is added while it works, and after a pause", () => {
  const turns = new FakeTurns();
  const queue = new WorkQueue(turns);
  const done: string[] = [];
  queue.add(() => {
    turns.work(0.6);
    done.push("a");
    queue.add(() => done.push("c"));
  });
  queue.add(() => done.push("b"));
  turns.runSoon();
  assertEquals(done, ["a"]);
  queue.add(() => done.push("d"));
  turns.runSoon();
  assertEquals(done, ["a"]);
  turns.turn();
  assertEquals(done, ["a", "b", "c", "d"]);
});

Deno.test("WorkQueue lets what is due go first after each pause", () => {
  const turns = new FakeTurns();
  const done: string[] = [];
  const queue = new WorkQueue(turns, () => done.push("due"));
  for (const name of ["a", "b", "c"]) {
    queue.add(() => {
      turns.work(0.5);
      done.push(name);
    });
  }
  turns.runSoon();
  while (turns.turn());
  assertEquals(done, ["a", "due", "b", "due", "c"]);
});

Deno.test("WorkQueue that is held off begins when nothing else is ready, and only then", () => {
  const turns = new FakeTurns();
  const queue = new WorkQueue(turns);
  const done: string[] = [];
  queue.holdOff();
  queue.add(() => done.push("a"));
  queue.holdOff();
  turns.runSoon();
  assertEquals(done, []);
  turns.runLater();
  assertEquals(done, ["a"]);
  // Nothing had to wait: the next work is not held off any more.
  queue.holdOff();
  turns.runLater();
  queue.add(() => done.push("b"));
  turns.runSoon();
  assertEquals(done, ["a", "b"]);
});

Deno.test("WorkQueue that works already is not held off", () => {
  const turns = new FakeTurns();
  const queue = new WorkQueue(turns);
  const done: string[] = [];
  queue.add(() => done.push("a"));
  queue.holdOff();
  turns.runSoon();
  assertEquals(done, ["a"]);
});
