import { type DatasetFile, datasetFile, type SynthesisPlan } from "../model/dataset_file.ts";
import type { OptionKey, OptionValues } from "./option_table.ts";

/** The options of which any makes another trace out of the one that is there. */
export const SYNTHESIS_KEYS = [
  "synthesisSpeedupRatio",
  "synthesisPrefixLenMultiplier",
  "synthesisPrefixRootMultiplier",
  "synthesisPromptLenMultiplier",
  "synthesisOutputLenMultiplier",
  "synthesisMaxIsl",
  "synthesisMaxOsl",
] as const satisfies readonly OptionKey[];

/** What the options say of the input file at `path`, which is absolute. */
export function resolveFile(values: OptionValues, path: string): DatasetFile {
  const isPool = values.customDatasetType === "random_pool";
  return datasetFile(path, {
    format: values.customDatasetType,
    maxEntries: values.numDatasetEntries ?? (isPool ? values.numSessions : null),
    skipsBadLines: values.skipBadLines,
    blockSize: values.islBlockSize,
    history: values.traceHistory,
    synthesis: resolveSynthesis(values),
  });
}

function resolveSynthesis(values: OptionValues): SynthesisPlan | null {
  const plan = {
    speedupRatio: values.synthesisSpeedupRatio,
    prefixLenMultiplier: values.synthesisPrefixLenMultiplier,
    prefixRootMultiplier: values.synthesisPrefixRootMultiplier,
    promptLenMultiplier: values.synthesisPromptLenMultiplier,
    outputLenMultiplier: values.synthesisOutputLenMultiplier,
    maxIsl: values.synthesisMaxIsl,
    maxOsl: values.synthesisMaxOsl,
  };
  const isPlain = Object.values(plan).every((value) => value === 1 || value === null);
  return isPlain ? null : plan;
}
