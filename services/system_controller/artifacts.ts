import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";

/** Files that say that a folder holds a run, unless they are empty: then it never began. */
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
  const holdsRun = TRACES_OF_A_RUN.some((file) => (sizeOf(`${folder}/${file}`) ?? 0) > 0);
  if (!holdsRun) return;
  if (!overwrite) {
    throw new ArtifactDirError(
      `--artifact-dir: "${folder}" already holds a run; choose another folder or give --overwrite`,
    );
  }
  for (const file of Object.values(ARTIFACT_FILES)) {
    if (sizeOf(`${folder}/${file}`) !== null) Deno.removeSync(`${folder}/${file}`);
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
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists) {
    return "it, or a part of its path, is a file";
  }
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/, "") : String(error);
}
