import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Slots } from "../../../services/timing_manager/slots.ts";

/** Takes slots until none is left; since when each was free. */
function drain(slots: Slots): number[] {
  const times: number[] = [];
  for (let ns = slots.nextFreeNs; ns !== null; ns = slots.nextFreeNs) {
    times.push(ns);
    slots.take();
  }
  return times;
}

Deno.test("without a ramp all slots are there from the start", () => {
  assertEquals(drain(new Slots({ limit: 3, rampMs: 0, startNs: 7 })), [7, 7, 7]);
});

Deno.test("the first slot of a ramp opens at its start, the last at its end", () => {
  const opened = drain(new Slots({ limit: 5, rampMs: 1, startNs: 10 }));
  assertEquals(opened, [10, 250_010, 500_010, 750_010, 1_000_010]);
  assertEquals(drain(new Slots({ limit: 1, rampMs: 9, startNs: 10 })), [10]);
});

Deno.test("of a slot that opens and one that was given back, the one free longer is taken", () => {
  const slots = new Slots({ limit: 3, rampMs: 0.001, startNs: 0 });
  slots.take();
  slots.giveBack(600);
  assertEquals(drain(slots), [500, 600, 1_000]);
});

Deno.test("more than there are cannot be taken", () => {
  const slots = new Slots({ limit: 1, rampMs: 0, startNs: 0 });
  slots.take();
  assertThrows(() => slots.take(), Error, "no slot is free");
});

Deno.test("there are never more slots than the limit, and none is lost", () => {
  const steps = fc.array(fc.boolean(), { maxLength: 5_000 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), steps, (limit, takes) => {
      const slots = new Slots({ limit, rampMs: 0, startNs: 0 });
      let taken = 0;
      takes.forEach((isTake, nowNs) => {
        assertEquals(slots.nextFreeNs === null, taken === limit);
        if (isTake && taken < limit) {
          slots.take();
          taken++;
        } else if (!isTake && taken > 0) {
          slots.giveBack(nowNs);
          taken--;
        }
      });
    }),
    { numRuns: 50 },
  );
});
