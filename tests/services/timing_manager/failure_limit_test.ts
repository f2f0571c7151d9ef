import { assert, assertEquals } from "@std/assert";
import { FakePhase, type FakePhaseOptions } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad } from "../../helpers/phase_plan.ts";

const LIMIT = { ratio: 0.1, armedAfter: 10 };

async function ran(options: Partial<FakePhaseOptions>): Promise<FakePhase> {
  const phase = new FakePhase({ load: closedLoad(2), failureLimit: LIMIT, ...options }).start();
  await phase.clock.advance(10_000);
  return phase;
}

Deno.test("a phase that fails too much ends at once and cuts off what is in flight", async () => {
  const phase = await ran({
    load: openLoad(100),
    maxRequests: 1_000,
    serviceMs: (index) => index % 5 === 0 ? 10 : 25,
    outcomeOf: ({ index }) => index % 5 === 0 ? "error" : "success",
  });
  const { reason, issued, account, wasCancelled, endNs } = phase.outcome!;
  assertEquals([reason, wasCancelled], ["failed_threshold", false]);
  assert(issued < 20);
  assertEquals(account.succeeded + account.failed, 10);
  assertEquals(account.cancelled, issued - 10);
  assertEquals(phase.cancelledNs, [endNs]);
});

Deno.test("failures of the last answers count too, when everything has been sent", async () => {
  const phase = await ran({ maxRequests: 10, serviceMs: () => 10, outcomeOf: () => "error" });
  assertEquals([phase.outcome!.reason, phase.outcome!.issued], ["failed_threshold", 10]);
});

Deno.test("a phase of too few requests for the limit to hold fails at its end", async () => {
  const isBad = (failing: number) =>
    ran({
      maxRequests: 9,
      serviceMs: () => 10,
      outcomeOf: ({ index }) => index < failing ? "error" : "success",
    });
  for (const [failing, expected] of [[0, "count"], [1, "failed_threshold"]] as const) {
    const { reason, issued, wasCutShort } = (await isBad(failing)).outcome!;
    assertEquals([reason, issued, wasCutShort], [expected, 9, false]);
  }
});

Deno.test("a phase that was cancelled is not judged by its failures", async () => {
  const phase = new FakePhase({
    load: closedLoad(2),
    failureLimit: LIMIT,
    serviceMs: () => 10,
    outcomeOf: () => "error",
  }).start();
  await phase.clock.advance(25);
  phase.runner.cancel(0);
  await phase.clock.advance(10_000);
  const { reason, wasCutShort } = phase.outcome!;
  assertEquals([reason, wasCutShort], ["cancelled", true]);
});

Deno.test("what the tool cut off itself is no failure", async () => {
  const phase = await ran({ maxRequests: 40, serviceMs: () => 10, outcomeOf: () => "cancelled" });
  assertEquals([phase.outcome!.reason, phase.outcome!.account.cancelled], ["count", 40]);
});

Deno.test("what was not heard of at the end has not failed as long as its records do not say so", async () => {
  const reasonWith = async (failing: number) =>
    (await ran({
      load: closedLoad(12),
      maxDurationMs: 100,
      graceMs: 0,
      cancelMs: null,
      maxRequests: 12,
      serviceMs: (index) => index < 8 ? 10 : null,
      outcomeOf: ({ index }) => index < failing ? "error" : "success",
    })).outcome!;
  const { reason, missing } = await reasonWith(0);
  assertEquals([reason, missing.length], ["count", 4]);
  assertEquals((await reasonWith(1)).reason, "failed_threshold");
});
