import { assertEquals, assertRejects } from "@std/assert";
import { AbortableWaits } from "../../../services/worker/abortable_waits.ts";

Deno.test("a wait ends as what it waits for does, unless it is ended before", async () => {
  const waits = new AbortableWaits();
  assertEquals(await waits.wait(Promise.resolve(7)), 7);
  await assertRejects(() => waits.wait(Promise.reject(new Error("no"))), Error, "no");
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const [one, other] = [waits.wait(promise), waits.wait(promise)];
  assertEquals(waits.size, 2);
  waits.abort();
  assertEquals([await one, await other, waits.size], [null, null, 0]);
  // Nobody is there any more whom it concerns.
  resolve(8);
  reject(new Error("late"));
  const { promise: failing, reject: fail } = Promise.withResolvers<number>();
  const last = waits.wait(failing);
  waits.abort();
  fail(new Error("late"));
  assertEquals(await last, null);
});
