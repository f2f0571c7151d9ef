import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exitCodeOf } from "../../../services/system_controller/outcome.ts";
import { RESTARTABLE, RestartLog } from "../../../services/system_controller/restarts.ts";
import { type FakeProcess, FakeRun } from "../../helpers/fake_run.ts";
import { until } from "../../helpers/until.ts";

for (const type of RESTARTABLE) {
  Deno.test(`a ${type} that dies under load is started again, and the run succeeds`, async () => {
    await using run = await FakeRun.underLoad();
    run.latest(type)!.die("was ended by SIGKILL");
    await until("the next one", () => run.all(type)[1]?.commands.includes("start"));
    assertEquals(run.latest(type)!.commands.slice(0, 2), ["configure", "start"]);
    await run.finish();
    assertEquals(exitCodeOf(run.controller.outcome), 0);
    assert(run.harness.logged(`${type} was ended by SIGKILL in the middle of the run: it is`));
  });
}

for (const type of ["timing_manager", "worker_manager", "mock_server"] as const) {
  Deno.test(`a ${type} that dies ends the run, with what there is`, async () => {
    await using run = await FakeRun.underLoad();
    run.latest(type)!.die("exited with code 9");
    await run.over();
    assertEquals(run.all(type).length, 1);
    assertEquals(
      run.controller.outcome.failure,
      `${type} exited with code 9 in the middle of the run`,
    );
    assertEquals(exitCodeOf(run.controller.outcome), 1);
    assert(run.controller.outcome.report !== null);
  });
}

Deno.test("a run without its request bodies says so and fails", async () => {
  await using run = await FakeRun.underLoad();
  run.latest("worker")!.onCommand("write_inputs", () => Promise.reject(new Error("no space left")));
  await run.finish();
  const { outcome } = run.controller;
  assertMatch(
    outcome.unwritten[0]!,
    /^Cannot write \S+inputs\.json: worker_00000000: no space left$/,
  );
  assertEquals(exitCodeOf(outcome), 1);
});

Deno.test("without a timing manager the worker manager ends what is in flight", async () => {
  await using run = await FakeRun.underLoad();
  run.latest("timing_manager")!.die("was ended by SIGKILL");
  await run.over();
  assert(run.latest("worker_manager")!.commands.includes("drain_credits"));
});

Deno.test("a service that dies each time it is started again ends the run", async () => {
  await using run = await FakeRun.underLoad();
  run.scripts.set("dataset_manager", { configure: (child: FakeProcess) => child.die("broke") });
  run.latest("dataset_manager")!.die("was ended by SIGKILL");
  await run.over();
  assertEquals(run.all("dataset_manager").length, 11);
  assertMatch(run.controller.outcome.failure!, /dataset_manager could not .* again and again$/);
});

Deno.test("a service that hangs each time it is started again ends the run", async () => {
  await using run = await FakeRun.underLoad();
  run.scripts.set("dataset_manager", { configure: () => new Promise(() => {}) });
  run.latest("dataset_manager")!.die("was ended by SIGKILL");
  const beganNs = run.harness.clock.nowNs();
  await run.over();
  assertMatch(run.controller.outcome.failure!, /dataset_manager could not .* again and again$/);
  assert(run.harness.clock.nowNs() - beganNs < 150e9);
});

Deno.test("a service that dies over the results each time is not asked for ever", async () => {
  await using run = await FakeRun.underLoad();
  // So slowly that it is no crash loop.
  const script = async (child: FakeProcess) => {
    await run.harness.clock.sleep(20_000);
    child.die("ran out of memory");
    return await new Promise(() => {});
  };
  run.scripts.set("post_processor_manager", { write_results: script });
  run.latest("post_processor_manager")!.onCommand("write_results", script);
  await run.finish();
  assertEquals(run.all("post_processor_manager").length, 7);
  assertEquals(exitCodeOf(run.controller.outcome), 1);
});

Deno.test("a service that dies over the results is started again and asked again", async () => {
  await using run = await FakeRun.underLoad();
  const [first] = run.all("post_processor_manager");
  first!.onCommand("write_results", (child) => {
    child.die("ran out of memory");
    return new Promise(() => {});
  });
  await run.finish();
  assertEquals(run.all("post_processor_manager").length, 2);
  // Once more: the first results did not say that there had been a restart.
  const written = run.latest("post_processor_manager")!.commands
    .filter((kind) => kind !== "beat");
  assertEquals(written, ["configure", "start", "write_results", "write_results", "stop"]);
  assertEquals(exitCodeOf(run.controller.outcome), 0);
});

Deno.test("a records manager that comes back after the load hands over its records again", async () => {
  await using run = await FakeRun.underLoad();
  const [records] = run.all("records_manager");
  const [results] = run.all("post_processor_manager");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  results!.onCommand("write_results", () => {
    if (records!.isGone) return results!.answerOf("write_results");
    records!.die("was ended by SIGKILL");
    return promise;
  });
  const finished = run.finish();
  await until(
    "the records once more",
    () => run.all("records_manager")[1]?.commands.includes("finish_records"),
  );
  assertEquals(run.latest("records_manager")!.commands.slice(0, 3), [
    "configure",
    "start",
    "finish_records",
  ]);
  resolve(results!.answerOf("write_results"));
  await finished;
  assertEquals(exitCodeOf(run.controller.outcome), 0);
});

Deno.test("a service that is silent for 5 s is ended and started again", async () => {
  await using run = await FakeRun.underLoad();
  const [silent] = run.all("records_manager");
  await run.live(3_000);
  silent!.isStopped = true;
  await run.live(4_000);
  assertEquals(silent!.isGone, false);
  await run.live(1_000);
  assertEquals(silent!.isGone, true);
  await until("the next one", () => run.all("records_manager")[1]?.commands.includes("start"));
  await run.finish();
  assertEquals(exitCodeOf(run.controller.outcome), 0);
  assert(run.harness.logged("records_manager was not heard of for 5 s and got killed"));
});

Deno.test("a worker that is silent is ended by the worker manager, one that was for 3 s is not", async () => {
  await using run = await FakeRun.underLoad();
  const [hung, slept] = [await run.addWorker("worker_1"), await run.addWorker("worker_2")];
  hung.isStopped = slept.isStopped = true;
  await run.live(3_000);
  slept.isStopped = false;
  await run.live(2_000);
  const manager = run.latest("worker_manager")!;
  assertEquals(manager.commands.filter((kind) => kind === "replace_worker").length, 1);
  assert(run.harness.logged("worker_1 was not heard of"));
  assertEquals(run.harness.logged("worker_2 was not heard of"), false);
  hung.die("was ended by SIGKILL");
  await run.finish();
  assertEquals(exitCodeOf(run.controller.outcome), 0);
});

Deno.test("a worker that dies while it is made ready does not end the run", async () => {
  await using run = await FakeRun.underLoad();
  run.scripts.set("worker", { start: (child: FakeProcess) => child.die("was ended by SIGKILL") });
  const worker = await run.addWorker("worker_1");
  await until("its death", () => worker.isGone);
  run.scripts.delete("worker");
  await run.finish();
  assertEquals(exitCodeOf(run.controller.outcome), 0);
  assert(run.harness.logged("worker_1 went away during"));
});

Deno.test("the report has one sentence for each service that was started again", () => {
  const log = new RestartLog();
  log.note("dataset_manager", "was ended by SIGKILL");
  log.note("records_manager", "was ended by SIGKILL");
  log.note("records_manager", "exited with code 1");
  const [first, second] = log.sentences();
  assertEquals(
    first,
    "dataset_manager was ended by SIGKILL in the middle of the run, and was started again.",
  );
  assertStringIncludes(second!, "2 times in the middle of the run; last of all it exited with");
  assertEquals(log.count, 3);
});
