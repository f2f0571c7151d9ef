import { describeError, type Logger } from "../../common/runtime/log.ts";
import type { Peer } from "../../common/service/peer.ts";
import { mergeRawParts } from "./raw_parts.ts";

/** What the raw export is collected from. */
export interface CollectRawOptions {
  readonly folder: string;
  /** The name of the export. */
  readonly file: string;
  /** The workers that are connected. */
  readonly workers: readonly Peer[];
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * Has the workers write what they have left of the raw export, and merges it; never rejects.
 *
 * What went wrong, one sentence each; what the other workers have written is merged all the same.
 */
export async function collectRaw(options: CollectRawOptions): Promise<string[]> {
  const { folder, file, workers, timeoutMs, log } = options;
  const asked = workers.map((worker) => worker.request({ kind: "close_raw_export" }, timeoutMs));
  const problems = (await Promise.allSettled(asked)).flatMap((result) =>
    result.status === "rejected" ? [describeError(result.reason)] : []
  );
  try {
    await mergeRawParts(folder);
  } catch (error) {
    problems.push(describeError(error));
  }
  for (const problem of problems) log.warning(problem);
  if (problems.length === 0) return [];
  return [`Not all of ${folder}/${file} could be written: ${problems.join("; ")}`];
}
