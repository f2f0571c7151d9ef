import type { SynthesisPlan } from "../../../../common/model/dataset_file.ts";

/** A synthesis that leaves a trace as it is, but for `change`. */
export function synthesisPlanOf(change: Partial<SynthesisPlan> = {}): SynthesisPlan {
  return {
    speedupRatio: 1,
    prefixLenMultiplier: 1,
    prefixRootMultiplier: 1,
    promptLenMultiplier: 1,
    outputLenMultiplier: 1,
    maxIsl: null,
    maxOsl: null,
    ...change,
  };
}
