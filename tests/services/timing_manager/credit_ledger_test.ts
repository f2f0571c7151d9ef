import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type Credit,
  type CreditReturn,
  type Outcome,
  OUTCOMES,
  type Phase,
} from "../../../common/model/credit.ts";
import { CreditLedger } from "../../../services/timing_manager/credit_ledger.ts";

function credit(id: number, phase: Phase = "profiling"): Credit {
  return {
    id,
    phase,
    index: id,
    conversationIndex: 0,
    turnIndex: 0,
    sessionIndex: id,
    isLastTurn: true,
    cancelAfterNs: null,
    dueNs: 0,
    issuedNs: 0,
  };
}

function returned(
  creditId: number,
  outcome: Outcome = "success",
  phase: Phase = "profiling",
): CreditReturn {
  return { creditId, phase, outcome };
}

const NOTHING = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0, inFlight: 0 };

Deno.test("each outcome has its place in the account", () => {
  const ledger = new CreditLedger();
  for (let id = 0; id < 5; id++) ledger.issue(credit(id));
  OUTCOMES.forEach((outcome, id) => {
    assertEquals(ledger.settle(returned(id, outcome)), { kind: "settled", credit: credit(id) });
  });
  assertEquals(ledger.account("profiling"), {
    issued: 5,
    succeeded: 1,
    failed: 1,
    cancelled: 1,
    lost: 1,
    inFlight: 1,
  });
});

Deno.test("a credit that returns twice is reported and counted once", () => {
  const ledger = new CreditLedger();
  ledger.issue(credit(0));
  ledger.settle(returned(0));
  const again = returned(0, "error");
  assertEquals(ledger.settle(again), { kind: "repeated", creditReturn: again });
  assertEquals(ledger.account("profiling"), { ...NOTHING, issued: 1, succeeded: 1 });
});

Deno.test("a credit that was never issued, or in another phase, is reported and not counted", () => {
  const ledger = new CreditLedger();
  ledger.issue(credit(0, "warmup"));
  for (const stray of [returned(1), returned(-1), returned(0)]) {
    assertEquals(ledger.settle(stray), { kind: "unknown", creditReturn: stray });
  }
  assertEquals(ledger.account("profiling"), NOTHING);
  assertEquals(ledger.account("warmup"), { ...NOTHING, issued: 1, inFlight: 1 });
});

Deno.test("what is written off is lost, and comes too late afterwards", () => {
  const ledger = new CreditLedger();
  ledger.issue(credit(0, "warmup"));
  ledger.issue(credit(1));
  ledger.issue(credit(2));
  ledger.settle(returned(1));
  assertEquals(ledger.writeOff("profiling"), [credit(2)]);
  assertEquals(ledger.writeOff("profiling"), []);
  assertEquals(ledger.settle(returned(2)).kind, "late");
  assertEquals(ledger.settle(returned(2)).kind, "repeated");
  assertEquals(ledger.account("profiling"), { ...NOTHING, issued: 2, succeeded: 1, lost: 1 });
  assertEquals(ledger.inFlight("warmup"), 1);
});

Deno.test("ids count on over the phases", () => {
  const ledger = new CreditLedger();
  ledger.issue(credit(ledger.nextId, "warmup"));
  ledger.issue(credit(ledger.nextId));
  assertEquals(ledger.nextId, 2);
  assertThrows(() => ledger.issue(credit(1)), Error, "credit 1 is out of turn: the next id is 2");
  assertThrows(() => ledger.issue(credit(3)), Error, "out of turn");
});

Deno.test("whatever comes back, issued is the sum of the outcomes and what is in flight", () => {
  const step = fc.oneof(
    fc.constant(null),
    fc.record({
      creditId: fc.integer({ min: -1, max: 30 }),
      outcome: fc.constantFrom(...OUTCOMES),
      phase: fc.constantFrom("warmup" as const, "profiling" as const),
    }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const ledger = new CreditLedger();
    const phaseOf = (id: number): Phase => id < 10 ? "warmup" : "profiling";
    const settled = new Set<number>();
    for (const step of steps) {
      if (step === null) {
        ledger.issue(credit(ledger.nextId, phaseOf(ledger.nextId)));
        continue;
      }
      const { kind } = ledger.settle(step);
      const isNew = step.creditId >= 0 && step.creditId < ledger.nextId &&
        !settled.has(step.creditId) && phaseOf(step.creditId) === step.phase;
      assertEquals(kind === "settled", isNew);
      if (isNew) settled.add(step.creditId);
    }
    let total = 0;
    for (const phase of ["warmup", "profiling"] as const) {
      const { issued, succeeded, failed, cancelled, lost, inFlight } = ledger.account(phase);
      assertEquals(issued, succeeded + failed + cancelled + lost + inFlight);
      total += issued - inFlight;
    }
    assertEquals(total, settled.size);
  }));
});

Deno.test("the credits that have been out for long are those issued before an instant", () => {
  const ledger = new CreditLedger();
  for (const id of [0, 1, 2, 3]) ledger.issue({ ...credit(id), issuedNs: id * 10 });
  ledger.settle(returned(1));
  assertEquals(ledger.issuedBefore(20).map(({ id }) => id), [0]);
  assertEquals(ledger.issuedBefore(100).map(({ id }) => id), [0, 2, 3]);
  assertEquals(ledger.issuedBefore(0), []);
});

Deno.test("the ledger names the credits that are lost, of each phase by itself", () => {
  const ledger = new CreditLedger();
  for (let id = 0; id < 3; id++) ledger.issue(credit(id, "warmup"));
  for (let id = 3; id < 6; id++) ledger.issue(credit(id));
  ledger.settle(returned(1, "lost", "warmup"));
  ledger.settle(returned(4, "success"));
  ledger.settle(returned(5, "lost"));
  assertEquals(ledger.lost("profiling"), [credit(5)]);
  ledger.writeOff("profiling");
  assertEquals(ledger.lost("profiling"), [credit(5), credit(3)]);
  assertEquals(ledger.lost("warmup"), [credit(1, "warmup")]);
});
