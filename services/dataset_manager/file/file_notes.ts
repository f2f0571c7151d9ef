import type { DatasetFile } from "../../../common/model/dataset_file.ts";
import type { FileIndexing } from "./index_files.ts";

/** What a reader of the results should know of the input file, one sentence or two each. */
export function fileNotes(
  { path, skipsBadLines, history }: DatasetFile,
  { leftOut, cumulative }: Pick<FileIndexing, "leftOut" | "cumulative">,
): string[] {
  const notes: string[] = [];
  if (skipsBadLines && leftOut.count > 0) {
    const isOne = leftOut.count === 1;
    const lines = isOne ? "1 line" : `${leftOut.count} lines`;
    const outcome = isOne ? "was left out" : "were left out; the first";
    notes.push(`${lines} of ${path} could not be used and ${outcome}: ${leftOut.first}.`);
  }
  if (history === null && cumulative.isLikely) {
    const { repeating, seen } = cumulative.counts;
    notes.push(
      `The rows of ${path} look as if each held all that was said before (${repeating} of ${seen} ` +
        "repeat the row before of their session): then what was said before is sent twice. Say " +
        "--trace-history cumulative to send each row as it is, or --trace-history delta if each " +
        "row is what is new.",
    );
  }
  return notes;
}
