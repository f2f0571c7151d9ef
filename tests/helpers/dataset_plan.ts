import type { DatasetPlan } from "../../common/model/run_config.ts";
import type { SyntheticPlan } from "../../common/model/synthetic_plan.ts";
import { BUILTIN_TOKENIZER } from "../../common/model/tokenizer_plan.ts";

/** Made-up conversations as they are unless anything is said. */
export const PLAIN_SYNTHETIC: SyntheticPlan = {
  lengths: null,
  corpus: "words",
  prefixes: null,
  systemTokens: 0,
  contextTokens: 0,
  textsPerTurn: 1,
  images: null,
  audio: null,
  rankings: null,
};

/** A thousand made-up conversations of one turn. */
export function datasetPlanOf(change: Partial<DatasetPlan> = {}): DatasetPlan {
  return {
    file: null,
    entries: 1_000,
    isl: { mean: 64, stddev: 16 },
    osl: { mean: 32, stddev: 8 },
    turns: { mean: 1, stddev: 0 },
    turnDelayMs: { mean: 0, stddev: 0 },
    delayRatio: 1,
    longestDelayMs: null,
    synthetic: PLAIN_SYNTHETIC,
    cacheBust: "none",
    sampling: "sequential",
    wraps: true,
    history: "server",
    seed: 42,
    tokenizer: BUILTIN_TOKENIZER,
    ...change,
  };
}
