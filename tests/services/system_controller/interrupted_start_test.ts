import { assertEquals } from "@std/assert";
import { exitCodeOf, problemsOf } from "../../../services/system_controller/outcome.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { FakeRun } from "../../helpers/fake_run.ts";
import { until } from "../../helpers/until.ts";

function never(): Promise<never> {
  return new Promise(() => {});
}

/** A run whose start takes its time, with a worker that is being started. */
async function starting(run: FakeRun) {
  run.scripts.set("dataset_manager", { start: never });
  run.scripts.set("worker", { start: never });
  await run.begin();
  await until("the start", () => run.latest("dataset_manager")?.commands.includes("start"));
  return await run.addWorker("worker_00000000");
}

Deno.test("a worker that goes away in a start that was called off is no problem", async () => {
  await using run = new FakeRun();
  const worker = await starting(run);
  run.controller.interrupt("SIGINT");
  worker.die("exited with code 0");
  await run.over();
  assertEquals(problemsOf(run.controller.outcome), []);
  assertEquals(exitCodeOf(run.controller.outcome), 130);
});

Deno.test("a worker that goes away in a start that goes on is one", async () => {
  await using run = new FakeRun();
  const worker = await starting(run);
  worker.die("exited with code 0");
  await run.over();
  assertEquals(problemsOf(run.controller.outcome), ['worker_00000000 went away during "start"']);
});

Deno.test("what broke a start is said also when it is called off afterwards", async () => {
  await using run = new FakeRun();
  const worker = await starting(run);
  worker.die("exited with code 0");
  // As soon as the controller can have heard of it.
  await settle();
  run.controller.interrupt("SIGINT");
  await run.over();
  assertEquals(problemsOf(run.controller.outcome), ['worker_00000000 went away during "start"']);
});
