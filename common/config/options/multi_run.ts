import { MOST_RUNS } from "../../model/run_series.ts";
import { option } from "../option.ts";
import { decimal, integer, toggle } from "../value_type.ts";

/** The same run several times over, to know how far its numbers can be trusted. */
export const MULTI_RUN_OPTIONS = {
  numProfileRuns: option({
    type: integer({ min: 1, max: MOST_RUNS }),
    default: 1,
    path: "loadgen.num_profile_runs",
    help: "Make the run so many times, one after the other, and aggregate the results.",
  }),
  profileRunCooldownSeconds: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "loadgen.profile_run_cooldown_seconds",
    unit: "seconds",
    help: "How long to wait between two runs.",
  }),
  confidenceLevel: option({
    type: decimal({ min: 0, above: true, max: 1, below: true }),
    default: 0.95,
    path: "loadgen.confidence_level",
    help: "How sure the confidence intervals of the aggregate are to hold the true value.",
  }),
  profileRunDisableWarmupAfterFirst: option({
    type: toggle(),
    default: true,
    path: "loadgen.profile_run_disable_warmup_after_first",
    help: "Warm the server up before the first run only.",
  }),
  setConsistentSeed: option({
    type: toggle(),
    default: true,
    path: "loadgen.set_consistent_seed",
    help:
      "Send the same prompts at the same times in every run; otherwise each run has a seed of its own.",
  }),
};
