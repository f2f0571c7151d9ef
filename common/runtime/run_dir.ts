/** Longest path that fits in a Unix socket's address, less the longest socket name. */
const MAX_FOLDER_BYTES = 80;

/**
 * Makes a fresh folder for the run's sockets that only this user can enter.
 *
 * Under `parent`, else `$XDG_RUNTIME_DIR`, else the temporary directory. Throws when the folder
 * cannot be made, naming it, or when its path is too long for a socket.
 */
export function makeRunDir(parent: string | null): string {
  const base = parent ?? Deno.env.get("XDG_RUNTIME_DIR") ?? Deno.env.get("TMPDIR") ?? "/tmp";
  let folder: string;
  try {
    folder = Deno.makeTempDirSync({ dir: base, prefix: "aiperf-" });
    Deno.chmodSync(folder, 0o700);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
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
