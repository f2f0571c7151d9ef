import { ARTIFACT_FILES, exportFiles } from "../../common/model/artifact_files.ts";
import type { RebuiltReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { NOT_STARTED } from "../../common/model/run_problems.ts";
import {
  type EndedRun,
  runFolder,
  runLabel,
  type RunSeries,
  runTitle,
  titledReport,
} from "../../common/model/run_series.ts";
import { describeFileError } from "../../common/runtime/file_error.ts";
import { isThere } from "../../common/runtime/is_there.ts";
import { isBeingWritten } from "../../common/runtime/file_lock.ts";
import { rebuild, type RebuiltRun } from "./rebuild.ts";
import { writeAggregate } from "./repeated_runs/write_aggregate.ts";
import { hasJournal, type RunOfSeries, runsOfSeries } from "./runs_of_series.ts";

/**
 * Makes every export anew of the run in a folder, or of the runs of a series and of what they say
 * together: as at the end of the series, but that runs are complete by what their journals say.
 */
export async function rebuildFolder(given: string): Promise<RebuiltReport> {
  const folder = given.replace(/(?<=.)\/+$/, "");
  const runs = await hasJournal(folder) ? [] : await runsOfSeries(folder);
  if (runs.length > 0) return await rebuildSeries(folder, runs);
  const { console, problems } = await rebuild(folder);
  return { console, problems, folders: [folder] };
}

async function rebuildSeries(folder: string, runs: readonly RunOfSeries[]): Promise<RebuiltReport> {
  const path = runs.map((run) => `${run.folder}/${ARTIFACT_FILES.records}`).find(isBeingWritten);
  if (path !== undefined) return refusal([`${path} is in use: the series still goes on`]);
  const rebuilt = new Map<number, RebuiltRun>();
  for (const run of runs) rebuilt.set(run.number, await rebuild(run.folder));
  const known = [...rebuilt.values()].flatMap(({ made }) => made ?? []);
  if (known.length === 0) return refusal([...rebuilt.values()].flatMap(({ problems }) => problems));
  const { config } = known[0]!;
  const of = Math.max(config.trial?.of ?? 0, ...rebuilt.keys());
  const numbers = Array.from({ length: of }, (_, i) => i + 1);
  const ends = numbers.map((number) => endOf(folder, number, rebuilt.get(number)));
  const aggregate = await aggregated(seriesOf(folder, config, ends));
  const reports = numbers.flatMap((number) => {
    const console = rebuilt.get(number)?.console ?? null;
    return console === null ? [] : [titledReport(console, runTitle(number, of))];
  });
  return {
    console: [...reports, aggregate.text].join(""),
    problems: [
      ...ends.flatMap(({ label, problem }) => problem === null ? [] : [`${label}: ${problem}`]),
      ...aggregate.problems,
    ],
    folders: runs.filter(({ number }) => rebuilt.get(number)!.made !== null)
      .map((run) => run.folder),
  };
}

function refusal(problems: readonly string[]): RebuiltReport {
  return { console: null, problems, folders: [] };
}

function seriesOf(artifactDir: string, config: RunConfig, runs: readonly EndedRun[]): RunSeries {
  const { exportRecords, exportPrefix, trial } = config;
  return {
    artifactDir,
    requestMetrics: exportRecords ? exportFiles(exportPrefix).requestMetrics : null,
    confidenceLevel: trial?.confidenceLevel ?? 0.95,
    runs,
  };
}

/** `folder`: that of the series. */
function endOf(folder: string, number: number, run: RebuiltRun | undefined): EndedRun {
  const label = runLabel(number);
  if (run !== undefined) {
    return { label, problem: run.whyIncomplete, report: run.made?.report ?? null };
  }
  const hasBegun = isThere(`${folder}/${runFolder(label)}`);
  return { label, problem: hasBegun ? "it left no journal" : NOT_STARTED, report: null };
}

async function aggregated(
  series: RunSeries,
): Promise<{ text: string; problems: readonly string[] }> {
  try {
    return { text: await writeAggregate(series), problems: [] };
  } catch (error) {
    const where = `${series.artifactDir}/aggregate`;
    return { text: "", problems: [`Cannot write ${where}: ${describeFileError(error)}`] };
  }
}
