import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";

/** Files that say that a folder holds a run. */
const TRACES_OF_A_RUN = [ARTIFACT_FILES.records, ARTIFACT_FILES.summaryJson];

/** Thrown when a folder cannot take a run's results; the message is for the terminal. */
export class ArtifactDirError extends Error {
  override readonly name = "ArtifactDirError";
}

/**
 * Makes the folder for a run's results.
 *
 * Throws ArtifactDirError when it cannot be written, or holds a run already and `overwrite` is
 * false.
 */
export function prepareArtifactDir(folder: string, overwrite: boolean): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const probe = Deno.makeTempFileSync({ dir: folder, prefix: ".aiperf-" });
    Deno.removeSync(probe);
  } catch (error) {
    throw new ArtifactDirError(`--artifact-dir: cannot write to "${folder}": ${reason(error)}`);
  }
  if (!TRACES_OF_A_RUN.some((file) => exists(`${folder}/${file}`))) return;
  if (!overwrite) {
    throw new ArtifactDirError(
      `--artifact-dir: "${folder}" already holds a run; choose another folder or give --overwrite`,
    );
  }
  for (const file of Object.values(ARTIFACT_FILES)) {
    if (exists(`${folder}/${file}`)) Deno.removeSync(`${folder}/${file}`);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists) {
    return "it, or a part of its path, is a file";
  }
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/, "") : String(error);
}
