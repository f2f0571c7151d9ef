import { assertEquals } from "@std/assert";
import type { Repetition } from "../../../../common/config/repetition.ts";
import { trialRequest } from "../../../../services/system_controller/multi_run/trial_request.ts";
import { launchRequestOf } from "../../../helpers/launch_request.ts";

const REPETITION: Repetition = {
  runs: 3,
  cooldownMs: 0,
  confidenceLevel: 0.95,
  warmUpOnce: true,
  sameSeed: true,
};

const SERIES = launchRequestOf({ seed: 7 });

function trial(number: number, change: Partial<Repetition> = {}) {
  const facts = { number, benchmarkId: `id ${number}`, epochUnixMs: number * 1000 };
  return trialRequest(SERIES, { ...REPETITION, ...change }, facts);
}

Deno.test("each run of a series has a folder, an id, a time and a label of its own", () => {
  const { config, ...rest } = trial(2);
  assertEquals(config.artifactDir, "out/profile_runs/run_0002");
  assertEquals(config.benchmarkId, "id 2");
  assertEquals(config.epochUnixMs, 2000);
  assertEquals(config.trial, {
    number: 2,
    of: 3,
    label: "run_0002",
    confidenceLevel: 0.95,
  });
  assertEquals({ ...rest, config: null, mockServer: null }, {
    ...SERIES,
    config: null,
    mockServer: null,
  });
  assertEquals(trial(10, { runs: 10 }).config.trial!.label, "run_0010");
});

Deno.test("the first run alone is warmed up, unless all are to be", () => {
  const phases = (number: number, warmUpOnce: boolean) =>
    trial(number, { warmUpOnce }).config.phases.map(({ phase }) => phase);
  assertEquals([1, 2, 3].map((number) => phases(number, true)), [
    ["warmup", "profiling"],
    ["profiling"],
    ["profiling"],
  ]);
  assertEquals(phases(3, false), ["warmup", "profiling"]);
});

Deno.test("all runs send the same, unless each is to have a seed of its own", () => {
  const seeds = (sameSeed: boolean) =>
    [1, 2, 3].map((number) => trial(number, { sameSeed }).config.dataset.seed);
  assertEquals(seeds(true), [7, 7, 7]);
  assertEquals(seeds(false), [7, 8, 9]);
});

Deno.test("a mock server behaves as asked for, with other noise in each run", () => {
  assertEquals([1, 2, 3].map((number) => trial(number).mockServer), [
    { ttftMs: 5, seed: 7 },
    { ttftMs: 5, seed: 8 },
    { ttftMs: 5, seed: 9 },
  ]);
  const facts = { number: 2, benchmarkId: "b", epochUnixMs: 0 };
  assertEquals(trialRequest({ ...SERIES, mockServer: null }, REPETITION, facts).mockServer, null);
});
