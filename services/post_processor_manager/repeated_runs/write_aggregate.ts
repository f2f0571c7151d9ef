import { FILE_MODE, FOLDER_MODE } from "../../../common/runtime/file_mode.ts";
import { AGGREGATE_FILES, type RunSeries } from "../../../common/model/run_series.ts";
import { aggregateRuns } from "./aggregate.ts";
import { aggregateCsv } from "./aggregate_csv.ts";
import { aggregateJson } from "./aggregate_json.ts";
import { aggregateText } from "./aggregate_text.ts";
import { collateRuns } from "./collate_runs.ts";
import { collatedJson } from "./collated_json.ts";

/** Writes what the runs of a series say together; returns the text for the console. */
export async function writeAggregate(series: RunSeries): Promise<string> {
  const aggregate = aggregateRuns(series);
  const { artifactDir } = series;
  await Deno.mkdir(`${artifactDir}/aggregate`, { recursive: true, mode: FOLDER_MODE });
  const write = (file: keyof typeof AGGREGATE_FILES, text: string) =>
    Deno.writeTextFile(`${artifactDir}/${AGGREGATE_FILES[file]}`, text, { mode: FILE_MODE });
  await Promise.all([
    write("json", aggregateJson(aggregate)),
    write("csv", aggregateCsv(aggregate)),
  ]);
  // Afterwards: it takes longer.
  const collated = await collateRuns(series, aggregate.labels);
  await write("collated", collatedJson(aggregate, collated));
  return aggregateText(aggregate, { artifactDir, collated });
}
