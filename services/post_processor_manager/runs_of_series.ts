import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { MOST_RUNS, runFolder, runLabel } from "../../common/model/run_series.ts";
import { LineReader } from "../../common/runtime/line_reader.ts";

/** The folders of the runs in the folder of a series that have a journal, in order. */
export async function runsOfSeries(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (let number = 1; number <= MOST_RUNS; number++) {
    const run = `${folder}/${runFolder(runLabel(number))}`;
    if (await isReadable(`${run}/${ARTIFACT_FILES.records}`)) found.push(run);
  }
  return found;
}

async function isReadable(path: string): Promise<boolean> {
  try {
    using _file = await LineReader.open(path);
    return true;
  } catch {
    return false;
  }
}
