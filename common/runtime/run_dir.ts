/** Longest path that fits in a Unix socket's address, less the longest socket name. */
const MAX_FOLDER_BYTES = 80;

/**
 * Makes a fresh folder for the run's sockets that only this user can enter.
 *
 * Under `parent`; without one under `$XDG_RUNTIME_DIR`, else the temporary directory, whichever
 * serves. Throws when the folder cannot be made, naming it, or when its path is too long for a
 * socket.
 */
export function makeRunDir(parent: string | null): string {
  const bases = parent === null ? defaultBases() : [parent];
  let problem: unknown;
  for (const base of bases) {
    try {
      return makeFolder(base);
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

/** An unset or empty variable is none; a leftover one may name a folder that is not there. */
function defaultBases(): string[] {
  const named = [Deno.env.get("XDG_RUNTIME_DIR"), Deno.env.get("TMPDIR"), "/tmp"];
  return named.filter((base) => base !== undefined && base !== "") as string[];
}

function makeFolder(base: string): string {
  let folder: string;
  try {
    folder = Deno.makeTempDirSync({ dir: base, prefix: "aiperf-" });
    Deno.chmodSync(folder, 0o700);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const cause = message.replace(/ \(os error \d+\).*/, "");
    throw new Error(
      `Cannot make a run directory in "${base}": ${cause}; choose one by --runtime-dir`,
    );
  }
  if (new TextEncoder().encode(folder).length <= MAX_FOLDER_BYTES) return folder;
  removeRunDir(folder);
  throw new Error(
    `Cannot use "${folder}" for sockets: its path is longer than ${MAX_FOLDER_BYTES} bytes; ` +
      "choose a shorter one by --runtime-dir",
  );
}

/** Removes a run directory; one that is gone already is fine. */
export function removeRunDir(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // Another process of the run was quicker.
  }
}
