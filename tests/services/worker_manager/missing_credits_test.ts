import { assert, assertEquals } from "@std/assert";
import { WorkerManager } from "../../../services/worker_manager/service.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";

const { credit: { credit: CREDIT } } = messageExamples;

function managerUp(): Promise<ComponentHarness<WorkerManager>> {
  const type = "worker_manager";
  const init = { workers: 0, runDir: "/r", epochUnixMs: 0, logLevel: "INFO" };
  return ComponentHarness.up((context) => new WorkerManager(context), { type, init });
}

/** Starts the manager between its peers; `told`: how many credits it said have begun, each time. */
async function underLoad(harness: ComponentHarness<WorkerManager>) {
  const records = harness.host("records_manager");
  await harness.configure();
  await harness.start();
  const timing = await harness.connectAs("timing_manager", "timing_manager");
  const worker = await harness.connectAs("worker", "worker_0");
  const told = () => timing.of("credits_begun").map(({ count }) => count);
  return { records, timing, worker, told };
}

Deno.test("when the timing manager is dead, what is in flight ends or becomes a lost record", async () => {
  await using harness = await managerUp();
  const { records, timing, worker } = await underLoad(harness);
  for (const id of [1, 2, 3]) {
    timing.send({ type: "credit", credit: { ...CREDIT, id, turnIndex: 0 } });
  }
  await settle();
  await timing.close();
  const drained = harness.controller.ask({ kind: "drain_credits", deadlineMs: 1_000 });
  await harness.clock.advance(500);
  assert(worker.of("cancel_credits").length > 0);
  const { phase } = CREDIT;
  worker.send({
    type: "credit_return",
    creditReturn: { creditId: 2, phase, outcome: "cancelled" },
  });
  await harness.clock.advance(600);
  await drained;
  const lost = (await records.guest()).of("record").map(({ record }) => record);
  assertEquals(lost.map(({ creditId, outcome }) => [creditId, outcome]), [[1, "lost"], [
    3,
    "lost",
  ]]);
});

Deno.test("a credit that its worker knows nothing of becomes a lost record", async () => {
  await using harness = await managerUp();
  const { records, timing, worker } = await underLoad(harness);
  let missing: number[] = [];
  worker.answer("find_missing_credits", () => missing);
  const issuedNs = harness.clock.nowNs();
  for (const id of [1, 2, 3]) {
    timing.send({ type: "credit", credit: { ...CREDIT, id, issuedNs, turnIndex: 0 } });
  }
  await settle();
  await harness.clock.advance(11_000);
  const asked = worker.of("command").map(({ command }) => command);
  assertEquals(asked.at(-1), { kind: "find_missing_credits", ids: [1, 2, 3] });
  assertEquals(timing.of("credit_return"), []);

  missing = [2];
  await harness.clock.advance(5_000);
  assertEquals(timing.of("credit_return").map(({ creditReturn }) => creditReturn), [
    { creditId: 2, phase: CREDIT.phase, outcome: "lost" },
  ]);
  const [record] = (await records.guest()).of("record");
  assertEquals([record!.record.creditId, record!.record.outcome], [2, "lost"]);
  assert(harness.logged("Credit 2 got lost on its way to worker_0 or back"));
  const held = await timing.ask({ kind: "find_missing_credits", ids: [1, 2, 3, 4] });
  assertEquals(held, [2, 4]);
});

Deno.test("the timing manager is told how many requests have begun, those that nobody will begin included", async () => {
  await using harness = await managerUp();
  const { timing, worker, told } = await underLoad(harness);
  worker.answer("find_missing_credits", () => [2]);
  const issuedNs = harness.clock.nowNs();
  for (const id of [1, 2]) {
    timing.send({ type: "credit", credit: { ...CREDIT, id, issuedNs, turnIndex: 0 } });
  }
  worker.send({ type: "credits_begun", count: 1 });
  await settle();
  assertEquals(told(), [1]);
  // One gets lost on its way, one has no worker with its history.
  await harness.clock.advance(11_000);
  assertEquals(told(), [1, 1]);
  const orphan = { ...CREDIT, id: 3, turnIndex: 1, sessionIndex: 77 };
  timing.send({ type: "credit", credit: orphan });
  await settle();
  assertEquals(told(), [1, 1, 1]);
});

Deno.test("no credit begins twice: what its worker tells of after it was counted as lost makes no room", async () => {
  await using harness = await managerUp();
  const { timing, worker, told } = await underLoad(harness);
  worker.answer("find_missing_credits", ({ ids }) => ids);
  const issuedNs = harness.clock.nowNs();
  for (const id of [1, 2]) {
    timing.send({ type: "credit", credit: { ...CREDIT, id, issuedNs, turnIndex: 0 } });
  }
  await settle();
  await harness.clock.advance(11_000);
  assertEquals(told(), [1, 1]);
  worker.send({ type: "credits_begun", count: 2 });
  await settle();
  assertEquals(told(), [1, 1]);
});
