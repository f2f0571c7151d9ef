import { option } from "../option.ts";
import { integer, text } from "../value_type.ts";

const ALONE = ["analyze-trace"] as const;

/** What `analyze-trace` has of its own. */
export const ANALYZE_OPTIONS = {
  blockSize: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "512, or 16 for bailian_trace",
    path: null,
    unit: "tokens",
    commands: ALONE,
    help: "Length of the blocks that the hash_ids of the trace stand for.",
  }),
  outputFile: option({
    type: text("FILE"),
    default: null,
    defaultNote: "none",
    path: null,
    commands: ALONE,
    help: "Write the analysis to this file, as JSON, too; it takes the place of one that is there.",
  }),
};
