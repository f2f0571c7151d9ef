import { FOLDER_MODE } from "../../common/runtime/file_mode.ts";
import { ARTIFACT_FILES, exportFiles, rawExportOf } from "../../common/model/artifact_files.ts";
import { isBeingWritten } from "../../common/runtime/file_lock.ts";
import { AGGREGATE_FILES, MOST_RUNS, runFolder, runLabel } from "../../common/model/run_series.ts";

/** The folders of the runs of a series, below its own. */
const RUN_FOLDERS = Array.from({ length: MOST_RUNS }, (_, i) => runFolder(runLabel(i + 1)));

/** Files that say that a folder holds a run, unless it never began. */
const TRACES_OF_A_RUN = [ARTIFACT_FILES.records, ARTIFACT_FILES.summaryJson];

/** More than a journal's header ever has. */
const MAX_HEADER_BYTES = 1024 * 1024;

const RUN_FILES = Object.values(ARTIFACT_FILES);

/** All that a series may leave. */
function seriesFiles(runFiles: readonly string[]): string[] {
  return [...inRunFolders(runFiles), ...Object.values(AGGREGATE_FILES)];
}

/** The folders that a series makes, the innermost first. */
const SERIES_FOLDERS = [...inRunFolders(["logs"]), ...RUN_FOLDERS, "profile_runs", "aggregate"];

/** Thrown when a folder cannot take a run's results; the message is for the terminal. */
export class ArtifactDirError extends Error {
  override readonly name = "ArtifactDirError";
}

/** What a run does with its folder. */
export interface ArtifactDirOptions {
  /** Whether the results of another run may be replaced. */
  readonly overwrite: boolean;
  /** What the names of the exports begin with. */
  readonly prefix: string;
}

/**
 * Makes the folder for the results of a run or of a series of runs.
 *
 * Throws ArtifactDirError when it cannot be written, or holds a run already, or runs of a series,
 * and `overwrite` is false, or when a run still goes on there.
 */
export function prepareArtifactDir(
  folder: string,
  { overwrite, prefix }: ArtifactDirOptions,
): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    const probe = Deno.makeTempFileSync({ dir: folder, prefix: ".aiperf-" });
    Deno.removeSync(probe);
  } catch (error) {
    throw new ArtifactDirError(`--artifact-dir: cannot write to "${folder}": ${reason(error)}`);
  }
  // Looking for each file that a run may leave takes a while.
  if (isEmpty(folder)) return;
  const traces = [...TRACES_OF_A_RUN, ...inRunFolders(TRACES_OF_A_RUN)];
  const isTaken = traces.some((file) => isTrace(`${folder}/${file}`));
  if (isTaken && !overwrite) {
    throw new ArtifactDirError(
      `--artifact-dir: "${folder}" already holds a run; choose another folder or give --overwrite`,
    );
  }
  refuseIfInUse(folder);
  // A longer series would leave runs that do not belong to this one.
  const runFiles = [...RUN_FILES, ...Object.values(exportFiles(prefix))];
  const inSeries = seriesFiles(runFiles);
  for (const file of isTaken ? [...runFiles, ...inSeries] : inSeries) {
    if (sizeOf(`${folder}/${file}`) !== null) Deno.removeSync(`${folder}/${file}`);
  }
  for (const inner of ["", ...RUN_FOLDERS]) removeRawParts(`${folder}/${inner}`);
  for (const inner of SERIES_FOLDERS) removeEmpty(`${folder}/${inner}`);
}

/** Whether a folder holds a run that has begun, so that a report can be made of it. */
export function holdsRun(folder: string): boolean {
  return isTrace(`${folder}/${ARTIFACT_FILES.records}`);
}

/** Two runs in one folder would mix their files, and each would take them for its own. */
function refuseIfInUse(folder: string): void {
  const journals = [ARTIFACT_FILES.records, ...inRunFolders([ARTIFACT_FILES.records])];
  const path = journals.map((name) => `${folder}/${name}`)
    .find((path) => sizeOf(path) !== null && isBeingWritten(path));
  if (path === undefined) return;
  throw new ArtifactDirError(
    `--artifact-dir: "${folder}" is in use: a run still goes on there (it writes ${path})`,
  );
}

function isEmpty(folder: string): boolean {
  for (const _ of Deno.readDirSync(folder)) return false;
  return true;
}

/** A run that never began leaves no more than an empty file, or a journal without an entry. */
function isTrace(path: string): boolean {
  const size = sizeOf(path) ?? 0;
  return size > 0 && !(size <= MAX_HEADER_BYTES && isBareHeader(Deno.readTextFileSync(path)));
}

function isBareHeader(text: string): boolean {
  if (text.indexOf("\n") !== text.length - 1) return false;
  try {
    return "journal" in JSON.parse(text);
  } catch {
    return false;
  }
}

function inRunFolders(names: readonly string[]): string[] {
  return RUN_FOLDERS.flatMap((folder) => names.map((name) => `${folder}/${name}`));
}

/** A run that was killed leaves them, and they must not be merged with those of this one. */
function removeRawParts(folder: string): void {
  if (sizeOf(folder) === null) return;
  for (const { name } of Deno.readDirSync(folder)) {
    if (rawExportOf(name) !== null) Deno.removeSync(`${folder}/${name}`);
  }
}

function removeEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch {
    // It is not there, or holds something else.
  }
}

/** The size of a file in bytes; null when there is none. */
function sizeOf(path: string): number | null {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return null;
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  // The system's own folders, which the runtime keeps from every program.
  if (error instanceof Deno.errors.NotCapable) return "it belongs to the system";
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists) {
    return "it, or a part of its path, is a file";
  }
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/, "") : String(error);
}
