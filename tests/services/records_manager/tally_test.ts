import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Outcome, OUTCOMES, type Phase } from "../../../common/model/credit.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import { recordOf } from "../../helpers/records.ts";
import { Tally } from "../../../services/records_manager/tally.ts";

function counted(creditId: number, phase: Phase, outcome: Outcome): RequestRecord {
  return recordOf({ creditId, phase, outcome });
}

Deno.test("Tally counts records by phase and outcome", () => {
  const tally = new Tally();
  tally.add(counted(0, "warmup", "success"));
  tally.add(counted(1, "profiling", "success"));
  tally.add(counted(2, "profiling", "error"));
  tally.add(counted(3, "profiling", "cancelled"));
  tally.add(counted(4, "profiling", "lost"));
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
  tally.add(counted(7, "profiling", "success"));
  assertEquals(tally.missing, 4);
});

Deno.test("Tally takes the records for what a phase issued when it did not tell its end", () => {
  const tally = new Tally();
  tally.add(counted(0, "profiling", "success"));
  tally.add(counted(1, "profiling", "lost"));
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
      assertEquals(tally.add(counted(id, "profiling", outcome)), !seen.has(id));
      seen.add(id);
    }
    assertEquals(tally.records, seen.size);
  }));
});

Deno.test("Tally takes what comes before a record in its phase for issued", () => {
  const tally = new Tally();
  tally.expect("warmup", 2);
  for (const creditId of [0, 1]) tally.add(recordOf({ creditId, phase: "warmup" }));
  for (const index of [0, 2, 5]) tally.add(recordOf({ creditId: 2 + index, index }));
  assertEquals(tally.account("profiling"), {
    issued: 6,
    succeeded: 3,
    failed: 0,
    cancelled: 0,
    lost: 0,
  });
  assertEquals([tally.missing, tally.missingIds(9), tally.missingIds(2)], [3, [3, 5, 6], [3, 5]]);
  assertEquals([tally.has(4), tally.has(5), tally.has(1e6)], [true, false, false]);
});
