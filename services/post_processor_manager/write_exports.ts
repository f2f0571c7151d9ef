import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { RunReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { consoleText } from "./exporters/console_text.ts";
import { summaryCsv } from "./exporters/summary_csv.ts";
import { summaryJson } from "./exporters/summary_json.ts";

/** The summaries: each file and what makes its text. */
const EXPORTS: Readonly<Record<string, (report: RunReport, config: RunConfig) => string>> = {
  [ARTIFACT_FILES.summaryJson]: summaryJson,
  [ARTIFACT_FILES.summaryCsv]: summaryCsv,
  [ARTIFACT_FILES.console]: consoleText,
};

/** Writes every summary into the run's folder; returns the text for the console. */
export async function writeExports(report: RunReport, config: RunConfig): Promise<string> {
  const writes = Object.entries(EXPORTS).map(([file, render]) =>
    Deno.writeTextFile(`${config.artifactDir}/${file}`, render(report, config))
  );
  await Promise.all(writes);
  return consoleText(report, config);
}
