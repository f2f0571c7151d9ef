import { datasetFile } from "../../../../common/model/dataset_file.ts";
import type { FileDatasetOptions } from "../../../../services/dataset_manager/file/file_dataset.ts";
import { BUILTIN_LEXICON } from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { datasetPlanOf } from "../../../helpers/dataset_plan.ts";

/** What a data set of files is made from: no media, prompts of built-in words, a clock that stands. */
export function fileOptions(
  change: Partial<FileDatasetOptions> & Pick<FileDatasetOptions, "sources">,
): FileDatasetOptions {
  return {
    plan: datasetPlanOf({ osl: null }),
    file: datasetFile("/data/in.jsonl"),
    isStreaming: false,
    media: {
      problem: (path) => path.startsWith("no") ? "does not exist" : null,
      load: (path) => `data:of/${path}`,
    },
    openLexicon: () => Promise.resolve(BUILTIN_LEXICON),
    nowMs: () => 0,
    ...change,
  };
}
