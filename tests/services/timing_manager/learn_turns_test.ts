import { datasetFile } from "../../../common/model/dataset_file.ts";
import { assertEquals, assertRejects } from "@std/assert";
import type { Command } from "../../../common/comms/messages.ts";
import type { DatasetInfo } from "../../../common/model/conversation.ts";
import type { LoadPlan, RunConfig } from "../../../common/model/run_config.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import {
  learnTurns,
  mustAskForTurns,
  singleTurns,
} from "../../../services/timing_manager/learn_turns.ts";
import type { TurnOutline } from "../../../services/timing_manager/outlines.ts";
import { pausing, timed } from "../../helpers/fake_phase.ts";
import { closedLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

/** A dataset manager with the given conversations, and what it was asked. */
function datasetOf(conversations: readonly TurnOutline[][], info: Partial<DatasetInfo> = {}) {
  const asked: string[] = [];
  const request = (command: Command): Promise<unknown> => {
    asked.push(command.kind);
    if (command.kind === "get_dataset_info") {
      return Promise.resolve({
        entries: conversations.length,
        isComplete: true,
        maxTurns: Math.max(...conversations.map((turns) => turns.length)),
        hasTimestamps: conversations.every(([first]) => first!.timestampMs !== null),
        ...info,
      });
    }
    if (command.kind !== "get_outlines") return Promise.reject(new Error(command.kind));
    const { first, count } = command;
    const outlines = conversations.slice(first, first + count)
      .map((turns, i) => ({ index: first + i, turns }));
    return Promise.resolve(outlines);
  };
  return { request, asked };
}

function configOf(load: LoadPlan, change: Partial<RunConfig["dataset"]> = {}): RunConfig {
  const config = runConfigOf({ phases: [phasePlanOf({ load, maxRequests: 10 })] });
  return { ...config, dataset: { ...config.dataset, ...change } };
}

function fail(error: unknown): void {
  throw error;
}

Deno.test("nobody is asked about made-up prompts of one turn", () => {
  const config = configOf(closedLoad(1), { entries: 7 });
  assertEquals(mustAskForTurns(config), false);
  assertEquals(singleTurns(config).entries, 7);
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { turns: { mean: 2, stddev: 0 } })), true);
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { turns: { mean: 1, stddev: 1 } })), true);
  assertEquals(mustAskForTurns(configOf(traceLoad())), true);
  const file = datasetFile("/a.jsonl");
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { file })), true);
});

Deno.test("a file of single turns says only how many they are", async () => {
  const { request, asked } = datasetOf([pausing(), pausing(), pausing()]);
  const { entries, outlines } = await learnTurns(configOf(closedLoad(1)), { request }, fail);
  assertEquals([entries, outlines.turnsOf(2), asked], [3, pausing(), ["get_dataset_info"]]);
});

Deno.test("the turns of conversations are known before the run", async () => {
  const { request } = datasetOf([pausing(5), pausing()]);
  const { outlines } = await learnTurns(configOf(closedLoad(1)), { request }, fail);
  assertEquals([outlines.turnsOf(0), outlines.turnsOf(1)], [pausing(5), pausing()]);
});

Deno.test("a data set that cannot be replayed is bad input", async () => {
  const learn = (conversations: TurnOutline[][], load = traceLoad()) =>
    learnTurns(configOf(load), datasetOf(conversations), fail);
  assertEquals((await learn([timed(3), timed(5)])).entries, 2);
  await assertRejects(
    () => learn([pausing(1)]),
    BadInputError,
    "--fixed-schedule: the conversations of --input-file have no timestamps",
  );
  await assertRejects(
    () => learn([timed(3)], traceLoad({ startMs: 4 })),
    BadInputError,
    "--fixed-schedule: no conversation starts in the time asked for",
  );
});

Deno.test("a dataset manager that fails later is told of", async () => {
  const problems: unknown[] = [];
  const conversations = Array.from({ length: 9_000 }, () => pausing(1));
  const dataset = datasetOf(conversations);
  const config = configOf(closedLoad(1));
  const { outlines } = await learnTurns(config, dataset, (error) => problems.push(error));
  assertEquals(dataset.asked, ["get_dataset_info"]);
  await outlines.load(0);
  assertEquals(outlines.turnsOf(0), pausing(1));
  dataset.request = () => Promise.reject(new Error("gone"));
  await outlines.load(8_000);
  assertEquals(problems.map(String), ["Error: gone"]);
});
