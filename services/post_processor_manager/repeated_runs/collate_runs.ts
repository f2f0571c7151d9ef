import { runFolder, type RunSeries } from "../../../common/model/run_series.ts";
import { describeFileError } from "../../../common/runtime/file_error.ts";
import { LineReader } from "../../../common/runtime/line_reader.ts";
import { type CollatedMetric, Collation } from "./collation.ts";

/** What all requests of all complete runs of a series say together. */
export interface Collated {
  readonly metrics: readonly CollatedMetric[];
  /** The runs whose requests are in it, and how many they are. */
  readonly pooled: readonly { readonly label: string; readonly requests: number }[];
  /** The complete runs whose requests are not, and why. */
  readonly unpooled: readonly { readonly label: string; readonly reason: string }[];
  /** What a reader should know, one sentence each. */
  readonly notes: readonly string[];
}

/** What the runs have left behind, and which of them are complete. */
export type RunsToCollate = Pick<RunSeries, "artifactDir" | "requestMetrics">;

/**
 * Pools the requests of runs from the files that these have left, a piece of a file at a time.
 *
 * A run whose file cannot be read is left out, as a line is that cannot be used, and the result says
 * so: never rejects for what is in the runs' folders.
 */
export async function collateRuns(
  { artifactDir, requestMetrics }: RunsToCollate,
  labels: readonly string[],
): Promise<Collated> {
  const collation = new Collation();
  const pooled: { label: string; requests: number }[] = [];
  const unpooled: { label: string; reason: string }[] = [];
  const notes: string[] = [];
  for (const label of labels) {
    if (requestMetrics === null) {
      unpooled.push({ label, reason: "--export-level summary writes no metrics of requests" });
      continue;
    }
    const path = `${runFolder(label)}/${requestMetrics}`;
    try {
      const { requests, unusable } = await collateRun(
        `${artifactDir}/${path}`,
        (line) => collation.add(label, line),
      );
      pooled.push({ label, requests });
      if (unusable > 0) notes.push(`${path}: ${lines(unusable)} cannot be used and got left out.`);
    } catch (error) {
      unpooled.push({ label, reason: `${path}: ${describeFileError(error)}` });
    }
  }
  if (collation.isInBuckets) {
    notes.push("Percentiles come from buckets, as there are many values: see the README.");
  }
  return { metrics: collation.metrics(), pooled, unpooled, notes };
}

/** A last line without an end is unusable, too: whoever wrote it was cut off. */
async function collateRun(
  path: string,
  add: (line: string) => boolean,
): Promise<{ requests: number; unusable: number }> {
  using reader = await LineReader.open(path);
  let [requests, unusable] = [0, 0];
  for (let some = await reader.next(); some !== null; some = await reader.next()) {
    for (const line of some) add(line) ? requests++ : unusable++;
  }
  return { requests, unusable: unusable + (reader.restBytes > 0 ? 1 : 0) };
}

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}
