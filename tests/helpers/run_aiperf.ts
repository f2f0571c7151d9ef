import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** How the program ended and what it said. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the program is started with besides its arguments. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** The real program as a subprocess. */
export class RunningAiperf {
  readonly #process: Deno.ChildProcess;
  readonly finished: Promise<Finished>;

  constructor(args: readonly string[], { cwd, env = {} }: RunOptions) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...PERMISSION_FLAGS, MAIN, ...args],
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.finished = this.#collect();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Sends a signal to the program's main process alone. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async #collect(): Promise<Finished> {
    const [status, stdout, stderr] = await Promise.all([
      this.#process.status,
      new Response(this.#process.stdout).text(),
      new Response(this.#process.stderr).text(),
    ]);
    return { code: status.code, stdout, stderr };
  }
}

/** Runs the program to its end. */
export function runAiperf(args: readonly string[], options: RunOptions): Promise<Finished> {
  return new RunningAiperf(args, options).finished;
}

/** Gives a test a folder of its own, with a runtime folder in it, and removes both afterwards. */
export async function withFolder(
  use: (folder: { path: string; runtime: string }) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "aip-" });
  const runtime = `${path}/r`;
  await Deno.mkdir(runtime);
  try {
    await use({ path, runtime });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** The command lines of the processes of a run, found by their run directory or service title. */
export async function processesOf(runtime: string): Promise<string[]> {
  const titles: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readQuietly(`/proc/${name}/environ`);
    if (!environment.includes(`AIPERF_TEST_RUNTIME=${runtime}`)) continue;
    const commandLine = await readQuietly(`/proc/${name}/cmdline`);
    if (commandLine !== "") titles.push(commandLine.split("\0")[0]!);
  }
  return titles.sort();
}

async function readQuietly(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    // The process has ended in the meantime.
    return "";
  }
}
