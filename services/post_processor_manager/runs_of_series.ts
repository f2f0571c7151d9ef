import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { MOST_RUNS, runFolder, runLabel } from "../../common/model/run_series.ts";
import { LineReader } from "../../common/runtime/line_reader.ts";

/** A run of a series that has left a journal. */
export interface RunOfSeries {
  /** 1 for the first. */
  readonly number: number;
  readonly folder: string;
}

/** The runs in the folder of a series that have a journal, in order. */
export async function runsOfSeries(folder: string): Promise<RunOfSeries[]> {
  const found: RunOfSeries[] = [];
  for (let number = 1; number <= MOST_RUNS; number++) {
    const run = `${folder}/${runFolder(runLabel(number))}`;
    if (await hasJournal(run)) found.push({ number, folder: run });
  }
  return found;
}

/** Whether a folder holds the journal of a run, that can be read. */
export async function hasJournal(folder: string): Promise<boolean> {
  try {
    using _file = await LineReader.open(`${folder}/${ARTIFACT_FILES.records}`);
    return true;
  } catch {
    return false;
  }
}
