import { assertEquals } from "@std/assert";
import { TimingManager } from "../../../services/timing_manager/service.ts";
import { withFolder } from "../../helpers/journal_text.ts";
import { closedLoad, phasePlanOf } from "../../helpers/phase_plan.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

Deno.test("what a dead worker manager has not returned is told as lost, and nothing follows", async () => {
  await withFolder(async (runDir) => {
    await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
      type: "timing_manager",
    });
    const manager = harness.host("worker_manager");
    await harness.configure({
      runDir,
      phases: [phasePlanOf({ load: closedLoad(3), maxRequests: 50 })],
    });
    await harness.start();
    const workers = await manager.guest();
    await until("three credits", () => workers.of("credit").length === 3);
    const [first] = workers.of("credit").map(({ credit }) => credit);
    const creditReturn = { creditId: first!.id, phase: first!.phase, outcome: "success" as const };
    workers.send({ type: "credit_return", creditReturn });
    await until("one more", () => workers.of("credit").length === 4);
    await workers.close();
    await harness.clock.advance(1_600);
    const { controller } = harness;
    const [lost] = controller.of("credits_lost");
    assertEquals(lost!.credits, workers.of("credit").slice(1).map(({ credit }) => credit));
    const [complete] = controller.of("phase_complete");
    assertEquals([complete!.issued, complete!.reason], [4, "cancelled"]);
    // The controller is given time to find out what has happened.
    assertEquals(controller.of("run_complete"), []);
    await harness.clock.advance(500);
    assertEquals(controller.of("run_complete").map(({ wasCancelled }) => wasCancelled), [true]);
    const types = controller.received.map(({ type }) => type).filter((type) =>
      /lost|compl/.test(type)
    );
    assertEquals(types, ["credits_lost", "phase_complete", "run_complete"]);
  });
});
