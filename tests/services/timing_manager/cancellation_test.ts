import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Cancellation } from "../../../services/timing_manager/cancellation.ts";
import { FakePhase } from "../../helpers/fake_phase.ts";
import { closedLoad, openLoad } from "../../helpers/phase_plan.ts";

function draws(share: number, { seed = 1, phase = "profiling" as "profiling" | "warmup" } = {}) {
  const cancellation = new Cancellation({ share, delayMs: 2.5 }, { seed, phase });
  return Array.from({ length: 10_000 }, () => cancellation.draw());
}

Deno.test("the share asked for is cut off after the delay asked for", () => {
  for (const share of [0.05, 0.3, 0.9]) {
    const cut = draws(share).filter((afterNs) => afterNs !== null);
    assertEquals(new Set(cut), new Set([2_500_000]));
    assert(Math.abs(cut.length / 10_000 - share) < 3 * Math.sqrt(share * (1 - share) / 10_000));
  }
  assertEquals(draws(1).includes(null), false);
  const none = new Cancellation(null, { seed: 1, phase: "profiling" });
  assertEquals(none.draw(), null);
});

Deno.test("which requests are cut off is a function of seed and phase", () => {
  assertEquals(draws(0.5), draws(0.5));
  assertNotEquals(draws(0.5), draws(0.5, { seed: 2 }));
  assertNotEquals(draws(0.5), draws(0.5, { phase: "warmup" }));
});

Deno.test("which requests are cut off depends neither on the pace nor on the answers", async () => {
  const cuts = [];
  for (const load of [closedLoad(3), closedLoad(1), openLoad(500)]) {
    const cancellation = { share: 0.2, delayMs: 10 };
    const phase = new FakePhase({ load, cancellation, maxRequests: 100, serviceMs: (i) => i % 7 });
    phase.start();
    await phase.clock.advance(2_000);
    cuts.push(phase.issued.map(({ cancelAfterNs }) => cancelAfterNs));
  }
  assertEquals(cuts[0]!.length, 100);
  assertEquals(cuts[1], cuts[0]);
  assertEquals(cuts[2], cuts[0]);
});
