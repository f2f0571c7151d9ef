import { assertEquals } from "@std/assert";
import { resolveRun } from "../../../common/config/resolve.ts";
import type { PhasePlan } from "../../../common/model/run_config.ts";
import { optionsFor } from "../../helpers/command_line.ts";

const WORLD = { cliCommand: "", workingDir: "/w", cpus: 4, freshSeed: 1, onTerminal: false };

Deno.test("a ramp of 0 gives the warm-up none where the run has one, whatever it lasts", async () => {
  const args =
    "--streaming --concurrency 8 --concurrency-ramp-duration 3 --prefill-concurrency 4 " +
    "--prefill-concurrency-ramp-duration 2 --request-rate 9 --request-rate-ramp-duration 5 " +
    "--warmup-duration 1 --warmup-concurrency-ramp-duration 0 --warmup-request-rate-ramp-duration 0 " +
    "--warmup-prefill-concurrency-ramp-duration 0";
  const [warmup, profiling] =
    resolveRun(await optionsFor(["--mock-server", ...args.split(" ")]), WORLD).phases;
  const ramps = ({ load, prefill }: PhasePlan) =>
    load.kind === "open" && [load.concurrencyRampMs, load.rateRampMs, prefill?.rampMs];
  assertEquals([ramps(warmup!), ramps(profiling!)], [[0, 0, 0], [3_000, 5_000, 2_000]]);
});
