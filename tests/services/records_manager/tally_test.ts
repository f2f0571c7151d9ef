import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Outcome, OUTCOMES } from "../../../common/model/credit.ts";
import { Tally } from "../../../services/records_manager/tally.ts";

Deno.test("Tally counts records by phase and outcome", () => {
  const tally = new Tally();
  tally.add(0, "warmup", "success");
  tally.add(1, "profiling", "success");
  tally.add(2, "profiling", "error");
  tally.add(3, "profiling", "cancelled");
  tally.add(4, "profiling", "lost");
  tally.expect("warmup", 1);
  tally.expect("profiling", 4);
  assertEquals(tally.account("warmup"), {
    issued: 1,
    succeeded: 1,
    failed: 0,
    cancelled: 0,
    lost: 0,
  });
  assertEquals(tally.account("profiling"), {
    issued: 4,
    succeeded: 1,
    failed: 1,
    cancelled: 1,
    lost: 1,
  });
  assertEquals(tally.records, 5);
  assertEquals(tally.missing, 0);
});

Deno.test("Tally knows how many records are still to come, each phase by itself", () => {
  const tally = new Tally();
  tally.expect("warmup", 2);
  tally.expect("profiling", 3);
  tally.add(7, "profiling", "success");
  assertEquals(tally.missing, 4);
});

Deno.test("Tally takes the records for what a phase issued when it did not tell its end", () => {
  const tally = new Tally();
  tally.add(0, "profiling", "success");
  tally.add(1, "profiling", "lost");
  assertEquals(tally.account("profiling").issued, 2);
  assertEquals(tally.missing, 0);
});

Deno.test("Tally counts a credit once, whatever comes in whatever order", () => {
  const records = fc.array(
    fc.record({ id: fc.nat(200_000), outcome: fc.constantFrom<Outcome>(...OUTCOMES) }),
  );
  fc.assert(fc.property(records, (list) => {
    const tally = new Tally();
    const seen = new Set<number>();
    for (const { id, outcome } of list) {
      assertEquals(tally.add(id, "profiling", outcome), !seen.has(id));
      seen.add(id);
    }
    assertEquals(tally.records, seen.size);
  }));
});
