import { FOLDER_FORMATS, TRACE_FORMATS } from "../model/dataset_format.ts";
import type { OptionKey, OptionValues } from "./option_table.ts";
import { SYNTHESIS_KEYS } from "./resolve_file.ts";
import { hasWarmup } from "./resolve_load.ts";
import { hasEffectOnly, needs, problem, type Rule } from "./rule.ts";

const TRACE_DETAILS: readonly OptionKey[] = ["islBlockSize", "traceHistory", ...SYNTHESIS_KEYS];

/** What must hold between the options of input files and traces. */
export const FILE_RULES: readonly Rule[] = [
  needs("customDatasetType", "inputFile", (values) => values.inputFile !== null),
  needs("skipBadLines", "inputFile", (values) => values.inputFile !== null),
  {
    about: ["history", "inputFile", "publicDataset"],
    check: (candidate) => {
      const { history, inputFile, publicDataset } = candidate.values;
      if (history !== "dataset" || inputFile !== null || publicDataset !== null) return [];
      const message = "needs recorded answers; give an --input-file or a --public-dataset";
      return [problem(candidate, "history", message)];
    },
  },
  hasEffectOnly("datasetSamplingStrategy", {
    when: (values) => !values.fixedSchedule || hasWarmup(values),
    about: ["fixedSchedule", "warmupRequestCount", "warmupDuration", "numWarmupSessions"],
    otherwise: "on a fixed schedule, which has an order of its own (--no-fixed-schedule has none)",
  }),
  hasEffectOnly("allowDatasetWrap", {
    when: (values) => values.datasetSamplingStrategy !== "random",
    about: ["datasetSamplingStrategy"],
    otherwise: "with --dataset-sampling-strategy random",
  }),
  ...TRACE_DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: mayBeTrace,
      about: ["inputFile", "customDatasetType"],
      otherwise: `without a recorded trace (${TRACE_FORMATS.join(", ")}) as --input-file`,
    })
  ),
];

/** What is not said is found out from the file, and checked again then. */
function mayBeTrace({ inputFile, customDatasetType }: OptionValues): boolean {
  if (inputFile === null) return false;
  return customDatasetType === null || TRACE_FORMATS.includes(customDatasetType);
}

/** The formats that `--input-file` may name a folder of. */
export function mayBeFolder(type: unknown): boolean {
  return FOLDER_FORMATS.some((format) => format === type);
}
