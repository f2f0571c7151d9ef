import { assert, assertEquals } from "@std/assert";
import { MOST_PER_WORKER } from "../../../services/timing_manager/backlog.ts";
import { TimingManager } from "../../../services/timing_manager/service.ts";
import { withFolder } from "../../helpers/journal_text.ts";
import { closedLoad, openLoad, phasePlanOf } from "../../helpers/phase_plan.ts";
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
    // Whether they are lost is not known here: their records tell.
    assert(
      harness.logged("WARNING  timing_manager 3 credits had not come back when the phase was "),
    );
    assertEquals([complete!.wasCutShort, complete!.failed, complete!.unheard], [
      true,
      undefined,
      3,
    ]);
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

Deno.test("the profiling phase waits for what comes after the warm-up, or for the end of the run", async () => {
  const serverCalls = { urls: ["http://a"], resetCache: null, profiler: null };
  const phases = [
    phasePlanOf({ phase: "warmup", load: closedLoad(1), maxRequests: 1 }),
    phasePlanOf({ load: closedLoad(1), maxRequests: 1 }),
  ];
  for (const isCancelled of [false, true]) {
    await withFolder(async (runDir) => {
      await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
        type: "timing_manager",
      });
      const manager = harness.host("worker_manager");
      await harness.configure({ runDir, phases, serverCalls });
      await harness.start();
      const { controller } = harness;
      const workers = await manager.guest();
      const giveBack = async (count: number) => {
        await until("a credit", () => workers.of("credit").length === count);
        const { id: creditId, phase } = workers.of("credit")[count - 1]!.credit;
        const creditReturn = { creditId, phase, outcome: "success" as const };
        workers.send({ type: "credit_return", creditReturn });
      };
      await giveBack(1);
      await until("the end of the warm-up", () => controller.of("phase_complete").length === 1);
      await harness.clock.advance(5_000);
      assertEquals(controller.of("phase_started").length, 1);
      if (isCancelled) {
        await controller.ask({ kind: "cancel_run", graceMs: 0 });
      } else {
        await controller.ask({ kind: "begin_profiling" });
        await giveBack(2);
      }
      await until("the end", () => controller.of("run_complete").length === 1);
      assertEquals(controller.of("phase_started").length, isCancelled ? 1 : 2);
      assertEquals(controller.of("run_complete")[0]!.wasCancelled, isCancelled);
    });
  }
});

Deno.test("a phase that is broken off says so, and how many of its requests were cancelled", async () => {
  await withFolder(async (runDir) => {
    await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
      type: "timing_manager",
    });
    const manager = harness.host("worker_manager");
    const phases = [phasePlanOf({ load: closedLoad(2), maxRequests: 50 })];
    await harness.configure({ runDir, phases });
    await harness.start();
    const workers = await manager.guest();
    await until("two credits", () => workers.of("credit").length === 2);
    const { controller } = harness;
    assertEquals(controller.of("phase_started")[0]!.plannedRequests, 50);
    await controller.ask({ kind: "cancel_run", graceMs: 1_000 });
    const [first, second] = workers.of("credit").map(({ credit: { id, phase } }) => ({
      ...{ creditId: id, phase },
    }));
    workers.send({ type: "credit_return", creditReturn: { ...first!, outcome: "success" } });
    workers.send({ type: "credit_return", creditReturn: { ...second!, outcome: "cancelled" } });
    await until("the end", () => controller.of("phase_complete").length === 1);
    const { issued, reason, cancelled, wasCutShort } = controller.of("phase_complete")[0]!;
    assertEquals({ issued, reason, cancelled, wasCutShort }, {
      ...{ issued: 2, reason: "cancelled", cancelled: 1, wasCutShort: true },
    });
  });
});

Deno.test("no more credits go out than workers can have in hand, until requests have begun", async () => {
  await withFolder(async (runDir) => {
    await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
      type: "timing_manager",
    });
    const manager = harness.host("worker_manager");
    const load = openLoad(1e6);
    const phases = [phasePlanOf({ load, maxDurationMs: 100, graceMs: 100 })];
    await harness.configure({ runDir, phases, workers: 1 });
    await harness.start();
    const workers = await manager.guest();
    const credits = () => workers.of("credit").length;
    await harness.clock.advance(50);
    const untilSent = async (count: number) =>
      await until(`${count} credits`, async () => {
        await harness.clock.advance(0);
        return credits() === count;
      });
    await untilSent(MOST_PER_WORKER);
    await harness.clock.advance(20);
    assertEquals(credits(), MOST_PER_WORKER);
    workers.send({ type: "credits_begun", count: MOST_PER_WORKER });
    await untilSent(2 * MOST_PER_WORKER);
    await harness.clock.advance(2_000);
    const { controller } = harness;
    await until("the end", () => controller.of("run_complete").length === 1);
    const [end] = controller.of("phase_complete");
    assertEquals([end!.issued, end!.overdue], [credits(), 100_000 - credits()]);
  });
});

Deno.test("credits that got lost on their way make room for others", async () => {
  await withFolder(async (runDir) => {
    await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
      type: "timing_manager",
    });
    const manager = harness.host("worker_manager");
    const load = openLoad(1e6);
    const phases = [phasePlanOf({ load, maxRequests: 2 * MOST_PER_WORKER })];
    await harness.configure({ runDir, phases, workers: 1 });
    await harness.start();
    const workers = await manager.guest();
    workers.answer("find_missing_credits", ({ ids }) => ids);
    const credits = () => workers.of("credit").length;
    const untilSent = async (count: number, stepMs: number) =>
      await until(`${count} credits`, async () => {
        await harness.clock.advance(stepMs);
        return credits() === count;
      });
    await untilSent(MOST_PER_WORKER, 5);
    await untilSent(2 * MOST_PER_WORKER, 5_000);
  });
});

Deno.test("what comes back of a phase that was given up is no cause for complaint in the next", async () => {
  await withFolder(async (runDir) => {
    await using harness = await ComponentHarness.up((context) => new TimingManager(context), {
      type: "timing_manager",
    });
    const manager = harness.host("worker_manager");
    const phases = [
      phasePlanOf({ phase: "warmup", load: closedLoad(1), maxDurationMs: 100, graceMs: 0 }),
      phasePlanOf({ load: closedLoad(1), maxRequests: 1 }),
    ];
    await harness.configure({ runDir, phases });
    await harness.start();
    const workers = await manager.guest();
    await until("a credit of each phase", async () => {
      await harness.clock.advance(500);
      return workers.of("credit").length === 2;
    });
    for (const { credit: { id: creditId, phase } } of workers.of("credit")) {
      workers.send({
        type: "credit_return",
        creditReturn: { creditId, phase, outcome: "success" },
      });
    }
    await until("the end", () => harness.controller.of("run_complete").length === 1);
    assert(harness.logged("DEBUG    timing_manager Ignored a late return of credit 0"));
    assertEquals(harness.log.filter((line) => line.includes("WARNING")).length, 1);
    assert(harness.logged("WARNING  timing_manager 1 credits had not come back when "));
  });
});
