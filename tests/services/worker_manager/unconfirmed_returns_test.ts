import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Credit } from "../../../common/model/credit.ts";
import { UnconfirmedReturns } from "../../../services/worker_manager/unconfirmed_returns.ts";
import { messageExamples } from "../../helpers/messages.ts";

function credit(id: number): Credit {
  return { ...messageExamples.credit.credit, id };
}

function ids(credits: readonly Credit[]): number[] {
  return credits.map(({ id }) => id);
}

Deno.test("what a worker returned is remembered until its record is in the journal", () => {
  const returns = new UnconfirmedReturns();
  for (const id of [4, 2, 9]) returns.add("a", credit(id));
  returns.add("b", credit(5));
  returns.confirm("a", 1);
  assertEquals(returns.size, 3);
  assertEquals(ids(returns.leave("a")), [2, 9]);
  assertEquals(ids(returns.leave("a")), []);
  assertEquals(ids(returns.leave("b")), [5]);
});

Deno.test("a return of a credit that the worker was not known to hold has a record of its own", () => {
  const returns = new UnconfirmedReturns();
  returns.add("a", credit(1));
  returns.add("a", null);
  returns.add("a", credit(3));
  returns.confirm("a", 2);
  assertEquals(ids(returns.leave("a")), [3]);
});

Deno.test("a worker's returns are forgotten in their order, whatever is confirmed when", () => {
  const steps = fc.array(fc.oneof(fc.constant("return" as const), fc.nat(200)));
  fc.assert(fc.property(steps, (list) => {
    const returns = new UnconfirmedReturns();
    let added = 0;
    let confirmed = 0;
    for (const step of list) {
      if (step === "return") returns.add("a", credit(added++));
      else {
        returns.confirm("a", step);
        confirmed = Math.max(confirmed, Math.min(step, added));
      }
      assertEquals(returns.size, added - confirmed);
    }
    const left = Array.from({ length: added - confirmed }, (_, i) => confirmed + i);
    assertEquals(ids(returns.leave("a")), left);
  }));
});
