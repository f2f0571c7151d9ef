import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { isBeingWritten } from "../../common/runtime/file_lock.ts";
import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";
import { filesBelow } from "./artifacts.ts";
import { until } from "./until.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** The environment variable that all processes of a sandbox's runs have, and no others. */
const MARK = "AIPERF_RUNTIME_DIR";

/** Longer than any run of a test takes, on any machine. */
const LONGEST_RUN_MS = 120_000;

/** How the program ended and what it said. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of a run. */
export interface RunProcess {
  readonly pid: number;
  /** What `ps` shows, e.g. `aiperf timing_manager`; a command line until the process has its title. */
  readonly title: string;
}

/** What the program is started with besides its arguments. */
export interface StartOptions {
  readonly env?: Record<string, string>;
  /** The runtime to start it with, instead of the one that runs the tests. */
  readonly deno?: string;
  /** The main module to start, instead of the one in the tree. */
  readonly main?: string;
}

/** The real program as a subprocess. */
export class RunningAiperf {
  readonly #process: Deno.ChildProcess;
  #stderr = "";
  /** Rejects when the program does not come to an end. */
  readonly finished: Promise<Finished>;

  constructor(command: Deno.Command) {
    this.#process = command.spawn();
    this.finished = this.#collect();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it has said on stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Sends a signal to the program's main process alone. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async #collect(): Promise<Finished> {
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      this.kill("SIGKILL");
    }, LONGEST_RUN_MS);
    const [status, stdout] = await Promise.all([
      this.#process.status,
      new Response(this.#process.stdout).text(),
      this.#readStderr(),
    ]);
    clearTimeout(limit);
    if (isLate) throw new Error(`The program did not end; it said: ${this.#stderr}`);
    return { code: status.code, stdout, stderr: this.#stderr };
  }

  async #readStderr(): Promise<void> {
    const texts = this.#process.stderr.pipeThrough(new TextDecoderStream());
    for await (const text of texts) this.#stderr += text;
  }
}

/** A folder of a test's own, and the runs that are made in it. */
export class Sandbox {
  readonly path: string;
  /** Where the run directories go. */
  readonly runtime: string;

  constructor(path: string) {
    this.path = path;
    this.runtime = `${path}/r`;
  }

  /** Starts the program in the sandbox. */
  start(args: readonly string[], options: StartOptions = {}): RunningAiperf {
    const { env, deno = Deno.execPath(), main } = options;
    const command = new Deno.Command(deno, {
      args: aiperfCommand(args, main).slice(1),
      cwd: this.path,
      ...this.environment(env),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new RunningAiperf(command);
  }

  /** Runs the program to its end with its stdout in the hands of a shell, as in `> /dev/full`. */
  runInShell(args: readonly string[], redirection: string): Promise<Finished> {
    const command = new Deno.Command("bash", {
      args: ["-o", "pipefail", "-c", `"$@" ${redirection}`, "bash", ...aiperfCommand(args)],
      cwd: this.path,
      ...this.environment(),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new RunningAiperf(command).finished;
  }

  /** Runs the program to its end. */
  run(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
    return this.start(args, options).finished;
  }

  /** The environment of the program: ours without what would configure it. */
  environment(
    env: Record<string, string> = {},
  ): Required<Pick<Deno.CommandOptions, "env" | "clearEnv">> {
    const ours = Object.entries(Deno.env.toObject()).filter(([name]) =>
      !name.startsWith("AIPERF_") && !/_proxy$/i.test(name)
    );
    const marked = { NO_COLOR: "1", [MARK]: this.runtime };
    return { clearEnv: true, env: { ...Object.fromEntries(ours), ...marked, ...env } };
  }

  /** The processes of the sandbox's runs, by title; always empty where there is no `/proc`. */
  async processes(): Promise<RunProcess[]> {
    if (!HAS_PROC) return [];
    const found: RunProcess[] = [];
    for (const { name } of await Array.fromAsync(Deno.readDir("/proc"))) {
      if (!/^\d+$/.test(name)) continue;
      const environment = await readQuietly(`/proc/${name}/environ`);
      if (!environment.split("\0").includes(`${MARK}=${this.runtime}`)) continue;
      const commandLine = await readQuietly(`/proc/${name}/cmdline`);
      const title = commandLine.replace(/\0+$/, "").replaceAll("\0", " ");
      // A process that has ended and waits to be fetched has an empty command line.
      if (title !== "") found.push({ pid: Number(name), title });
    }
    return found.sort((a, b) => a.title < b.title ? -1 : 1);
  }

  /** Waits until a process has a title that begins so, and returns it. */
  async processNamed(start: string): Promise<RunProcess> {
    return await until(
      `a process "${start}"`,
      async () => (await this.processes()).find(({ title }) => title.startsWith(start)),
    );
  }

  /** The run directories that are there. */
  async runDirs(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.runtime));
    return entries.map(({ name }) => name);
  }

  async #openJournals(): Promise<string[]> {
    const files = await filesBelow(this.path);
    return files.filter((file) => file.endsWith(ARTIFACT_FILES.records))
      .filter((file) => isBeingWritten(`${this.path}/${file}`));
  }

  /** Waits until no process and no run directory is left; throws when some stay. */
  async untilClean(): Promise<void> {
    await until("the end of all processes", async () => (await this.processes()).length === 0);
    await until("no run directory", async () => (await this.runDirs()).length === 0);
    // A process that ends has no environment to be known by, and some time later no files either.
    await until("no open journal", async () => (await this.#openJournals()).length === 0);
  }
}

/** Whether the processes of a run can be listed. */
export const HAS_PROC = Deno.build.os === "linux";

/** The command that starts the program, first of all the executable. */
export function aiperfCommand(args: readonly string[], main = MAIN): string[] {
  return [Deno.execPath(), "run", "--quiet", ...PERMISSION_FLAGS, main, ...args];
}

/**
 * Gives a test a folder of its own for its runs, and removes it.
 *
 * Throws when a process or a run directory is left behind, and ends what is left.
 */
export async function withSandbox(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  // Short, whatever the temporary folder is: a socket's path holds about 100 bytes.
  const sandbox = new Sandbox(await Deno.makeTempDir({ dir: "/tmp", prefix: "aip-" }));
  await Deno.mkdir(sandbox.runtime);
  try {
    await use(sandbox);
    await sandbox.untilClean();
  } finally {
    for (const { pid } of await sandbox.processes()) killQuietly(pid);
    await Deno.remove(sandbox.path, { recursive: true });
  }
}

function killQuietly(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}

async function readQuietly(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    // The process has ended in the meantime, or is another user's.
    return "";
  }
}
