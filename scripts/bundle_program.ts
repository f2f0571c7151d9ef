/** The folder of the repository, with a slash at the end. */
export const ROOT = new URL("../", import.meta.url).pathname;

/** What is left out of the bundle: it reads files beside itself, or is data loaded on demand. */
const EXTERNAL = ["tiktoken/*"];

/**
 * Bundles the program into a few small scripts; returns the path of the main one.
 *
 * Each process of a run starts in about half the time: it reads few files, and of its packages only
 * what it uses. `folder` is emptied first. Throws what `deno bundle` complains of.
 */
export async function bundleProgram(folder: string): Promise<string> {
  await removeIfThere(folder);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--minify", "--code-splitting", "--outdir", folder],
      ...EXTERNAL.map((pattern) => `--external=${pattern}`),
      `${ROOT}main.ts`,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr).trim()}`);
  return `${folder}/main.js`;
}

async function removeIfThere(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
