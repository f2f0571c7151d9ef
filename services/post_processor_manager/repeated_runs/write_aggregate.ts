import { FILE_MODE, FOLDER_MODE } from "../../../common/runtime/file_mode.ts";
import { AGGREGATE_FILES, type RunSeries } from "../../../common/model/run_series.ts";
import { aggregateRuns } from "./aggregate.ts";
import { aggregateCsv } from "./aggregate_csv.ts";
import { aggregateJson } from "./aggregate_json.ts";
import { aggregateText } from "./aggregate_text.ts";

/** Writes what the runs of a series say together; returns the text for the console. */
export async function writeAggregate(series: RunSeries): Promise<string> {
  const aggregate = aggregateRuns(series);
  const { artifactDir } = series;
  await Deno.mkdir(`${artifactDir}/aggregate`, { recursive: true, mode: FOLDER_MODE });
  await Promise.all([
    Deno.writeTextFile(`${artifactDir}/${AGGREGATE_FILES.json}`, aggregateJson(aggregate), {
      mode: FILE_MODE,
    }),
    Deno.writeTextFile(`${artifactDir}/${AGGREGATE_FILES.csv}`, aggregateCsv(aggregate), {
      mode: FILE_MODE,
    }),
  ]);
  return aggregateText(aggregate, artifactDir);
}
