import { type Invocation, parseCommandLine } from "../../common/cli/parse_command_line.ts";
import { shellQuote } from "../../common/cli/shell_quote.ts";
import { renderProblems } from "../../common/config/problem.ts";
import type { MockServerOptions } from "../../common/config/mock_server_options.ts";
import type { GoodputTag } from "../../common/config/rule.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import type { AnalyzedTrace, TraceRequest } from "../../common/model/trace_request.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { InferenceProbe } from "../../common/model/readiness.ts";
import type { PublicDatasetRequest } from "../../common/model/public_dataset.ts";
import type { DatasetFile } from "../../common/model/dataset_file.ts";
import type { RunSeries } from "../../common/model/run_series.ts";
import { describeFileError, isNotFound } from "../../common/runtime/file_error.ts";
import { FILE_MODE } from "../../common/runtime/file_mode.ts";
import { harmless } from "../../common/runtime/harmless.ts";
import type { RebuiltReport } from "../../common/model/report.ts";
import { writeStderr, writeStdout } from "../../common/runtime/standard_streams.ts";
import { EXIT, notOnStdout } from "./exit.ts";

type ProfileInvocation = Invocation & { kind: "profile" };

/** What other services have to do with the command line; loaded when it is needed. */
export interface Neighbours {
  /** The metrics that `--goodput` may name. */
  goodputTags(): Promise<readonly GoodputTag[]>;
  /** Runs the mock server alone until a signal ends it; returns the exit code. */
  serveMock(options: MockServerOptions): Promise<number>;
  /** Makes every export of the run, or the series, in a folder anew, from its journal or journals. */
  rebuild(folder: string): Promise<RebuiltReport>;
  /** Sends one short request; resolves to why it is not answered, null when it is. */
  probeInference(probe: InferenceProbe): Promise<string | null>;
  /** Brings a public data set to this machine, as an input file. */
  preparePublic(request: PublicDatasetRequest): Promise<DatasetFile>;
  /** Says what the requests of a trace are like. */
  analyzeTrace(request: TraceRequest): Promise<AnalyzedTrace>;
  /** Writes what several runs say together; returns the text for the console. */
  writeAggregate(series: RunSeries): Promise<string>;
}

/** Does what the command line asks for; returns the exit code. */
export async function runCommandLine(
  args: readonly string[],
  neighbours: Neighbours,
): Promise<number> {
  const invocation = await parseCommandLine(args, {
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFile(path),
    async readFirstLine(path) {
      const { readFirstLine } = await import("../../common/runtime/first_line.ts");
      return await readFirstLine(path);
    },
    async checkFile(path, { mayBeFolder }) {
      const { checkRegularFile } = await import("../../common/runtime/regular_file.ts");
      await checkRegularFile(path, mayBeFolder);
    },
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async checkLocalAddress(address) {
      Deno.listen({ hostname: address, port: 0 }).close();
    },
    width: terminalWidth(),
    goodputTags: neighbours.goodputTags,
  });
  if (readsEnvironment(invocation, args)) await warnOfVariables();
  switch (invocation.kind) {
    case "print":
      return await writeOut(invocation.text);
    case "write":
      return writeNewFile(invocation.path, invocation.text);
    case "problems":
      return complain(renderProblems(invocation.problems));
    case "mock-server":
      return await neighbours.serveMock(invocation.options);
    case "analyze-trace":
      return await analyze(invocation, neighbours);
    case "report":
      return await report(await neighbours.rebuild(invocation.folder));
    case "profile":
      return await runProfile(invocation, neighbours);
  }
}

function readsEnvironment({ kind }: Invocation, [command]: readonly string[]): boolean {
  return kind === "profile" || kind === "mock-server" || kind === "analyze-trace" ||
    kind === "problems" ||
    (kind === "print" && command === "config");
}

/** A name that is spelled wrong would otherwise do nothing, and nobody would know. */
async function warnOfVariables(): Promise<void> {
  const environment = Deno.env.toObject();
  if (!Object.keys(environment).some((name) => name.startsWith("AIPERF_"))) return;
  const { unknownVariables } = await import("../../common/config/unknown_variables.ts");
  complain(unknownVariables(environment).map((line) => `aiperf: ${harmless(line)}\n`).join(""));
}

async function runProfile(
  { options, cliCommand }: ProfileInvocation,
  neighbours: Neighbours,
): Promise<number> {
  const [{ resolveRun }, { profile }] = await Promise.all([
    import("../../common/config/resolve.ts"),
    import("./profile.ts"),
  ]);
  const plan = resolveRun(options, {
    cliCommand,
    workingDir: Deno.cwd(),
    cpus: navigator.hardwareConcurrency,
    freshSeed: crypto.getRandomValues(new Uint32Array(1))[0]!,
    onTerminal: Deno.stderr.isTerminal(),
  });
  return await profile(plan, {
    startUnixMs: performance.timeOrigin,
    workingDir: Deno.cwd(),
    home: Deno.env.get("HOME") ?? null,
    say: (line) => complain(`${harmless(line)}\n`),
    probeInference: neighbours.probeInference,
    preparePublic: neighbours.preparePublic,
    writeAggregate: neighbours.writeAggregate,
  });
}

async function report({ console, problems, folders }: RebuiltReport): Promise<number> {
  const tell = () => complain(problems.map((one) => `aiperf: ${harmless(one)}\n`).join(""));
  if (console === null) return tell();
  const code = await writeOut(console);
  for (const folder of folders) {
    noteInputs(folder);
    await mergeRaw(folder);
  }
  tell();
  return problems.length > 0 ? EXIT.failed : code;
}

/** Of a run that was killed the workers' parts of the raw export are left. */
async function mergeRaw(folder: string): Promise<void> {
  const { mergeRawParts } = await import("./raw_parts.ts");
  try {
    await mergeRawParts(folder);
  } catch (error) {
    complain(`aiperf: ${harmless((error as Error).message)}\n`);
  }
}

/** No reason for another exit code: whoever wonders where the file is has the answer. */
function noteInputs(folder: string): void {
  const path = `${folder}/${ARTIFACT_FILES.inputs}`;
  try {
    Deno.lstatSync(path);
  } catch {
    complain(`aiperf: ${harmless(path)} is not made again: the journal does not hold prompts\n`);
  }
}

async function analyze(
  { request, outputFile }: Invocation & { kind: "analyze-trace" },
  { analyzeTrace }: Neighbours,
): Promise<number> {
  try {
    const { text, json, leftOut } = await analyzeTrace(request);
    complain(leftOut.map((line) => `aiperf: ${harmless(line)}\n`).join(""));
    if (outputFile !== null) await Deno.writeTextFile(outputFile, json, { mode: FILE_MODE });
    return await writeOut(text);
  } catch (error) {
    if (error instanceof BadInputError) return complain(`aiperf: ${harmless(error.message)}\n`);
    return complain(`aiperf: --output-file: ${harmless((error as Error).message)}\n`);
  }
}

async function writeOut(text: string): Promise<number> {
  const problem = await writeStdout(text);
  if (problem === null) return EXIT.complete;
  complain(`aiperf: ${notOnStdout(problem)}\n`);
  return EXIT.failed;
}

/** The only file that a command writes for its user to edit: the configuration. */
function writeNewFile(path: string, text: string): number {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true, mode: FILE_MODE });
  } catch (error) {
    return complain(`FILE: cannot write "${harmless(path)}": ${whyNotNew(error)}\n`);
  }
  const command = shellQuote(["aiperf", "profile", "--config", path]);
  writeStderr(`aiperf: wrote ${harmless(path)}; edit it, then run: ${harmless(command)}\n`);
  return EXIT.complete;
}

function whyNotNew(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) {
    return "it exists already; give another name, or take it away first";
  }
  return isNotFound(error) ? "its folder is not there" : describeFileError(error);
}

function complain(text: string): number {
  writeStderr(text);
  return EXIT.badInput;
}

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 100;
  }
}
