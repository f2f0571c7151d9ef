import { assertEquals } from "@std/assert";
import { settle } from "../../helpers/fake_clock.ts";
import { FakePhase } from "../../helpers/fake_phase.ts";
import { openLoad } from "../../helpers/phase_plan.ts";

/** A phase whose 50 requests are cut off after 500 ms; none comes back unless the test lets it. */
async function cutOff(): Promise<FakePhase> {
  const phase = new FakePhase({
    load: openLoad(100),
    maxDurationMs: 500,
    graceMs: 0,
    cancelMs: null,
  }).start();
  await phase.clock.advance(500);
  assertEquals(phase.cancelledNs, [500e6]);
  return phase;
}

/** Lets one request after the other come back, one each `ms`, as long as the phase waits. */
async function trickle(phase: FakePhase, ms: number): Promise<void> {
  for (const credit of phase.issued) {
    await phase.clock.advance(ms);
    if (phase.outcome !== null) return;
    phase.giveBack(credit, "cancelled");
    await settle();
  }
}

Deno.test("a phase waits for what was cut off as long as it keeps coming back", async () => {
  const phase = await cutOff();
  await trickle(phase, 150);
  const { missing, account, endNs } = phase.outcome!;
  assertEquals([missing.length, account.cancelled, endNs], [0, 50, 8_000e6]);
});

Deno.test("a phase does not wait for ever for what comes back ever more slowly", async () => {
  const phase = await cutOff();
  await trickle(phase, 1_000);
  const { missing, account, endNs } = phase.outcome!;
  assertEquals([missing.length, account.cancelled, endNs], [41, 9, 10_500e6]);
});

Deno.test("what comes back no more for 1.5 s is not waited for", async () => {
  const phase = await cutOff();
  for (const credit of phase.issued.slice(0, 3)) phase.giveBack(credit, "cancelled");
  await phase.clock.advance(1_749);
  assertEquals(phase.outcome, null);
  await phase.clock.advance(1);
  assertEquals([phase.outcome!.missing.length, phase.outcome!.endNs], [47, 2_250e6]);
});

Deno.test("who has called the run off waits 1.5 s in all", async () => {
  const phase = await cutOff();
  phase.runner.cancel(0);
  await trickle(phase, 100);
  const { missing, account, endNs } = phase.outcome!;
  assertEquals([missing.length, account.cancelled, endNs], [36, 14, 2_000e6]);
});

Deno.test("a phase that stood still looks once more before it gives up what came meanwhile", async () => {
  const phase = await cutOff();
  phase.clock.work(5_000);
  await phase.clock.advance(1);
  assertEquals(phase.outcome, null);
  for (const credit of phase.issued) phase.giveBack(credit, "cancelled");
  await settle();
  assertEquals([phase.outcome!.missing.length, phase.outcome!.account.cancelled], [0, 50]);
});
