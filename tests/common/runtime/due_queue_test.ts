import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DueQueue } from "../../../common/runtime/due_queue.ts";

Deno.test("an empty queue has nothing", () => {
  const queue = new DueQueue<string>();
  assertEquals([queue.size, queue.first, queue.firstKey], [0, null, null]);
  assertThrows(() => queue.take(), Error, "the queue is empty");
});

Deno.test("things come out by their number, equal ones in the order they came in", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (keys) => {
    const queue = new DueQueue<number>();
    keys.forEach((key, i) => queue.add(i, key));
    const expected = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
    const taken = keys.map(() => {
      const { first, firstKey, secondKey } = queue;
      assertEquals(firstKey, keys[first!]!);
      assertEquals(queue.take(), first);
      assertEquals(secondKey, queue.firstKey);
      return first!;
    });
    assertEquals(taken, expected);
    assertEquals(queue.size, 0);
  }));
});
