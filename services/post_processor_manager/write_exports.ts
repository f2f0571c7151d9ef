import { type ExportFiles, exportFiles } from "../../common/model/artifact_files.ts";
import type { RunReport, WrittenResults } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { describeFileError } from "../../common/runtime/file_error.ts";
import { FILE_MODE } from "../../common/runtime/file_mode.ts";
import { consoleText } from "./exporters/console_text.ts";
import { summaryCsv } from "./exporters/summary_csv.ts";
import { summaryJson } from "./exporters/summary_json.ts";

/** The summaries: each file and what makes its text. */
const EXPORTS = {
  summaryJson,
  summaryCsv,
  console: consoleText,
} satisfies Partial<Record<keyof ExportFiles, (report: RunReport, config: RunConfig) => string>>;

/**
 * Writes every summary into a folder; returns the text for the console, which names the files where
 * they are, whereas the file of it names them where the run had them.
 *
 * A file that cannot be written does not keep the others from being written.
 */
export async function writeExports(
  report: RunReport,
  config: RunConfig,
  folder: string,
): Promise<Pick<WrittenResults, "console" | "problems">> {
  const files = exportFiles(config.exportPrefix);
  const problems = await Promise.all(
    (Object.keys(EXPORTS) as (keyof typeof EXPORTS)[]).map((key) =>
      writeFile(`${folder}/${files[key]}`, EXPORTS[key](report, config))
    ),
  );
  return {
    console: consoleText(report, { ...config, artifactDir: await placeOf(config, folder) }),
    problems: problems.filter((problem) => problem !== null),
  };
}

/** The run's own name of a folder, unless it was moved, or copied, there. */
async function placeOf({ artifactDir }: RunConfig, folder: string): Promise<string> {
  try {
    const [own, now] = await Promise.all([Deno.realPath(artifactDir), Deno.realPath(folder)]);
    return own === now ? artifactDir : folder;
  } catch {
    return folder;
  }
}

/** Writes a file whole or not at all; returns what went wrong, null when nothing did. */
async function writeFile(path: string, text: string): Promise<string | null> {
  const part = `${path}.part`;
  try {
    await Deno.writeTextFile(part, text, { mode: FILE_MODE });
    await Deno.rename(part, path);
    return null;
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    return `Cannot write ${path}: ${describeFileError(error)}`;
  }
}
