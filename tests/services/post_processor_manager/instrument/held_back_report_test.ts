import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { recordOf } from "../../../helpers/records.ts";
import { CONSTANT, reportOn, run } from "./reporting.ts";

const MS = 1e6;

/** The timing manager let each request go 200 ms late; each has its first token after 30 ms. */
function letGoLate() {
  return run(300, () => 200.5).map((record) => ({
    ...record,
    issuedNs: record.dueNs + 200 * MS,
    receivedNs: record.dueNs + 200.2 * MS,
    chunksAfterNs: [30 * MS, 90 * MS],
  }));
}

Deno.test("a cap that is reached is told of: what it held back is no fault, and not the load asked for", () => {
  const load = { ...CONSTANT, concurrencyCap: 5 };
  const records = run(1_000, (i) => i * 18); // each takes 141 ms: five at a time are 35/s
  assert(reportOn(records, { load }).instrument.concurrency!.max <= 6);
  const late = records.map((record) => ({ ...record, issuedNs: record.sentNs! - 2 * MS }));
  const judged = late.map((record) => ({
    ...record,
    slotWaitNs: Math.max(0, record.issuedNs - record.dueNs - MS),
    receivedNs: record.issuedNs + MS,
  }));
  const { verdict, reasons, arrivals } = reportOn(judged, { load }).instrument;
  assertEquals(arrivals.wasCapped, true);
  assertEquals([verdict, reasons.map(({ check }) => check)], ["SUSPECT", ["cap_held_back"]]);
  assertStringIncludes(
    reasons[0]!.text,
    "--concurrency 5 held the rate at 35.7/s of the 100.0/s asked for: this is",
  );
});

Deno.test("a cap is reached by conversations that pause, too, as each keeps its slot meanwhile", () => {
  // Two turns of 140 ms with a pause of 4 s between, five at a time: seldom more than one in flight.
  const turn = (session: number, turnIndex: number): RequestRecord => {
    const startNs = (600 + Math.floor(session / 5) * 4_300 + session % 5 * 200) * MS;
    const sentNs = startNs + turnIndex * 4_140 * MS;
    return recordOf({
      creditId: 2 * session + turnIndex,
      turnIndex,
      isLastTurn: turnIndex === 1,
      dueNs: turnIndex === 1 ? sentNs - MS : (500 + session) * MS,
      ...(turnIndex === 0 && { slotWaitNs: sentNs - (501 + session) * MS }),
      issuedNs: sentNs - MS,
      receivedNs: sentNs - 0.5 * MS,
      sentNs,
    });
  };
  const records = Array.from({ length: 60 }, (_, i) => [turn(i, 0), turn(i, 1)]).flat();
  const load = { ...CONSTANT, concurrencyCap: 5 };
  const capped = reportOn(records, { load }).instrument;
  assert(capped.concurrency!.max < 5);
  assertEquals([capped.arrivals.wasCapped, capped.verdict], [true, "SUSPECT"]);
  assertEquals(capped.reasons.map(({ check }) => check), ["cap_held_back"]);
  // Without a wait it was no cap that made them late, however many slots were taken.
  const free = records.map((record) => {
    const { slotWaitNs: _, ...rest } = record;
    return rest;
  });
  const late = reportOn(free, { load }).instrument;
  assertEquals([late.arrivals.wasCapped, late.verdict], [false, "INVALID"]);
});

Deno.test("a limit excuses the wait for it, and no lateness beside it, however often it was reached", () => {
  const records = letGoLate();
  const heldFor = (waitMs: number) => {
    const wait = waitMs === 0 ? {} : { slotWaitNs: waitMs * MS };
    const held = records.map((record) => ({ ...record, ...wait }));
    return reportOn(held, { prefill: { limit: 4, rampMs: 0 } }).instrument;
  };
  assertEquals([heldFor(195).arrivals.wasCapped, heldFor(195).verdict], [true, "VALID"]);
  assertEquals([heldFor(150).arrivals.wasCapped, heldFor(150).verdict], [true, "SUSPECT"]);
  const { arrivals, verdict, reasons } = heldFor(0);
  assertEquals([arrivals.wasCapped, verdict], [false, "INVALID"]);
  assertStringIncludes(reasons[0]!.text, "most of it before the timing manager let them go");
});

Deno.test("where records do not tell of waits, a limit that was reached excuses what the timing manager was late by", () => {
  const records = letGoLate();
  const under = (limit: number, tellsSlotWaits: boolean) => {
    const { instrument } = reportOn(records, { prefill: { limit, rampMs: 0 }, tellsSlotWaits });
    const isGuessed = instrument.notes.some((note) => note.includes("of an older aiperf"));
    return [instrument.verdict, instrument.arrivals.wasCapped, isGuessed];
  };
  assertEquals(under(4, false), ["VALID", true, true]);
  // One that was not reached excuses nothing, and what is told is not guessed.
  assertEquals(under(400, false), ["INVALID", false, false]);
  assertEquals(under(4, true), ["INVALID", false, false]);
});
