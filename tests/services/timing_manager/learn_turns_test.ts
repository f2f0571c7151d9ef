import { datasetFile } from "../../../common/model/dataset_file.ts";
import { assertEquals, assertRejects } from "@std/assert";
import type { Command } from "../../../common/comms/messages.ts";
import type { DatasetInfo } from "../../../common/model/conversation.ts";
import type { LoadPlan, RunConfig } from "../../../common/model/run_config.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import {
  type LearnOptions,
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
    if (command.kind === "get_starts") {
      const startsMs = conversations.slice(command.first, command.first + command.count)
        .map(([first]) => first!.timestampMs);
      const isLast = command.first + startsMs.length === conversations.length;
      return Promise.resolve({ startsMs, isLast });
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

function learn(config: RunConfig, dataset: LearnOptions["dataset"], onFailure = fail) {
  return learnTurns({ config, dataset, onFailure, rest: () => Promise.resolve() });
}

Deno.test("nobody is asked about made-up prompts of one turn", () => {
  const config = configOf(closedLoad(1), { entries: 7 });
  assertEquals(mustAskForTurns(config), false);
  assertEquals(singleTurns(config).size.count, 7);
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { turns: { mean: 2, stddev: 0 } })), true);
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { turns: { mean: 1, stddev: 1 } })), true);
  assertEquals(mustAskForTurns(configOf(traceLoad())), true);
  const file = datasetFile("/a.jsonl");
  assertEquals(mustAskForTurns(configOf(closedLoad(1), { file })), true);
});

Deno.test("a file of single turns says only how many they are", async () => {
  const { request, asked } = datasetOf([pausing(), pausing(), pausing()]);
  const { size, outlines } = await learn(configOf(closedLoad(1)), { request });
  assertEquals([size.count, outlines.turnsOf(2), asked], [3, pausing(), ["get_dataset_info"]]);
});

Deno.test("the turns of conversations are known before the run", async () => {
  const { request } = datasetOf([pausing(5), pausing()]);
  const { outlines } = await learn(configOf(closedLoad(1)), { request });
  assertEquals([outlines.turnsOf(0), outlines.turnsOf(1)], [pausing(5), pausing()]);
});

Deno.test("a data set that cannot be replayed is bad input", async () => {
  const replay = (conversations: TurnOutline[][], load = traceLoad()) =>
    learn(configOf(load), datasetOf(conversations));
  const { size, starts } = await replay([timed(3), timed(5)]);
  assertEquals([size.count, starts!.length, starts!.isFinal], [2, 2, true]);
  await assertRejects(
    () => replay([pausing(1)]),
    BadInputError,
    "--fixed-schedule: the conversations of --input-file have no timestamps",
  );
  await assertRejects(
    () => replay([timed(3)], traceLoad({ startMs: 4 })),
    BadInputError,
    "--fixed-schedule: no conversation starts from --fixed-schedule-start-offset 4 on; " +
      "the timestamps go from 3 to 3",
  );
});

Deno.test("a dataset manager that fails later is told of", async () => {
  const problems: unknown[] = [];
  const conversations = Array.from({ length: 9_000 }, () => pausing(1));
  const dataset = datasetOf(conversations);
  const config = configOf(closedLoad(1));
  const { outlines } = await learn(config, dataset, (error) => problems.push(error));
  assertEquals(dataset.asked, ["get_dataset_info"]);
  await outlines.load(0);
  assertEquals(outlines.turnsOf(0), pausing(1));
  dataset.request = () => Promise.reject(new Error("gone"));
  await outlines.load(8_000);
  assertEquals(problems.map(String), ["Error: gone"]);
});

/** A data set of which more comes to be known with each question. */
function growing(startsMs: readonly number[], step: number) {
  const asked: string[] = [];
  let known = step;
  const request = (command: Command): Promise<unknown> => {
    asked.push(command.kind);
    if (command.kind === "get_dataset_info") {
      while (known <= (command.beyond ?? -1) && known < startsMs.length) known += step;
      const entries = Math.min(known, startsMs.length);
      const isComplete = entries === startsMs.length;
      return Promise.resolve({ entries, isComplete, maxTurns: 1, hasTimestamps: true });
    }
    if (command.kind !== "get_starts") return Promise.reject(new Error(command.kind));
    const { first, count } = command;
    const page = startsMs.slice(first, first + Math.min(count, step));
    return Promise.resolve({ startsMs: page, isLast: first + page.length === startsMs.length });
  };
  return { request, asked };
}

const LONG = Array.from({ length: 40_000 }, (_, i) => i);

Deno.test("a run in order begins before all of its data set is known, and learns the rest", async () => {
  const rests: PromiseWithResolvers<void>[] = [];
  const rest = () => {
    rests.push(Promise.withResolvers());
    return rests.at(-1)!.promise;
  };
  const dataset = growing(LONG, 1_000);
  const { size, outlines } = await learnTurns({
    config: configOf(closedLoad(1)),
    dataset,
    onFailure: fail,
    rest,
  });
  assertEquals([size.isFinal, outlines.turnsOf(39_999)], [false, pausing()]);
  assertEquals(size.count < 5_000, true);
  for (let step = 0; step < 10_000 && !size.isFinal; step++) {
    for (const { resolve } of rests) resolve();
    await Promise.resolve();
  }
  assertEquals([size.count, rests.length], [40_000, 38]);
});

Deno.test("whoever draws at random, or warms up, waits for all of a data set", async () => {
  const shuffled = configOf(closedLoad(1), { sampling: "shuffle" });
  const warmed = runConfigOf({
    phases: [
      phasePlanOf({ load: closedLoad(1), maxRequests: 1, phase: "warmup" }),
      phasePlanOf({ load: closedLoad(1), maxRequests: 1 }),
    ],
  });
  for (const config of [shuffled, warmed]) {
    const { size } = await learn(config, growing(LONG, 1_000));
    assertEquals([size.count, size.isFinal], [40_000, true]);
  }
});

Deno.test("a trace in order begins with its first starts; one that is not is learnt whole", async () => {
  const waiting = () => new Promise<void>(() => {});
  const options = { config: configOf(traceLoad()), onFailure: fail, rest: waiting };
  const inOrder = await learnTurns({ ...options, dataset: growing(LONG, 1_000) });
  assertEquals([inOrder.starts!.length, inOrder.starts!.isFinal], [9_000, false]);
  const reversed = growing(LONG.toReversed(), 1_000);
  const { starts } = await learnTurns({ ...options, dataset: reversed });
  assertEquals([starts!.length, starts!.isFinal], [40_000, true]);
  const late = { ...options, config: configOf(traceLoad({ startMs: 20_500 })) };
  const cut = await learnTurns({ ...late, dataset: growing(LONG, 1_000) });
  assertEquals(cut.starts!.length >= 21_000, true);
});
