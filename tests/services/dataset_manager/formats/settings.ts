import type { FormatSettings } from "../../../../services/dataset_manager/formats/format.ts";

/** Nothing is said but the lines themselves; files whose names begin with "no" are not there. */
export const SETTINGS: FormatSettings = {
  blockSize: null,
  history: null,
  isStreaming: false,
  fileProblem: (path) => path.startsWith("no") ? "does not exist" : null,
};
