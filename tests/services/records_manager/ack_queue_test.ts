import { assertEquals } from "@std/assert";
import { AckQueue } from "../../../services/records_manager/ack_queue.ts";

function counts(changed: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(changed);
}

Deno.test("AckQueue counts the lines of each sender that are written, in all", () => {
  const queue = new AckQueue<string>();
  for (const sender of ["a", "b", null, "a"]) queue.line(sender);
  assertEquals(counts(queue.written(2)), { a: 1, b: 1 });
  assertEquals(counts(queue.written(1)), {});
  assertEquals(counts(queue.written(1)), { a: 2 });
});

Deno.test("AckQueue counts what is known already with the lines before it", () => {
  const queue = new AckQueue<string>();
  queue.known("a");
  assertEquals(counts(queue.written(0)), { a: 1 });
  queue.line("b");
  queue.known("a");
  queue.line("a");
  assertEquals(counts(queue.written(0)), {});
  assertEquals(counts(queue.written(1)), { b: 1, a: 2 });
  assertEquals(counts(queue.written(1)), { a: 3 });
});

Deno.test("AckQueue forgets who is gone, and their lines still count as lines", () => {
  const queue = new AckQueue<string>();
  for (const sender of ["a", "b", "a"]) queue.line(sender);
  queue.forget("a");
  assertEquals(counts(queue.written(2)), { b: 1 });
  queue.line("a");
  assertEquals(counts(queue.written(2)), { a: 1 });
});
