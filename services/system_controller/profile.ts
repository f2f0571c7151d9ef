import { modelsUrl, runConfig, type RunPlan } from "../../common/config/resolve.ts";
import type { InferenceProbe, ReadinessPlan } from "../../common/model/readiness.ts";
import type { PublicDatasetRequest } from "../../common/model/public_dataset.ts";
import type { DatasetFile } from "../../common/model/dataset_file.ts";
import type { RunSeries } from "../../common/model/run_series.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { LOG_LEVELS, type LogLevel } from "../../common/runtime/log.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import type { PreparedTokenizer } from "../../common/tokenizer/prepare_tokenizer.ts";
import { placeOf } from "../../common/tokenizer/tokenizer_choice.ts";
import { ArtifactDirError, type ArtifactDirOptions, prepareArtifactDir } from "./artifacts.ts";
import type { LetSleep } from "./cpu_wakefulness.ts";
import { type Front, openFront } from "./front.ts";
import { launch, type LaunchRequest } from "./launch.ts";
import { EXIT, notOnStdout } from "./exit.ts";
import { mayNeedMany, noteOnOpenFiles } from "./open_files.ts";
import { interruptedExit } from "./outcome.ts";
import { NotReadyError } from "./not_ready_error.ts";
import { discoverModel, NoModelError, UnreachableError } from "./preflight.ts";
import { readOpenFileLimit } from "./read_machine.ts";

/** What the `profile` command needs beside its plan. */
export interface ProfileHost {
  /** When the program was started, the zero of the first run's times. */
  readonly startUnixMs: number;
  /** Absolute. */
  readonly workingDir: string;
  /** The user's home folder; null: there is none. */
  readonly home: string | null;
  /** Says something to the person at the terminal, on stderr. */
  say(line: string): void;
  /** Sends one short request; resolves to why it is not answered, null when it is. */
  probeInference(probe: InferenceProbe): Promise<string | null>;
  /** Brings a public data set to this machine, as an input file. */
  preparePublic(request: PublicDatasetRequest): Promise<DatasetFile>;
  /** Writes what several runs say together; returns the text for the console. */
  writeAggregate(series: RunSeries): Promise<string>;
}

/**
 * The `profile` command: finds out what is still open, then makes the run, or the runs; returns the
 * exit code.
 */
export async function profile(plan: RunPlan, host: ProfileHost): Promise<number> {
  const readiness = plan.readiness && { ...plan.readiness, front: openFront() };
  let letSleep: LetSleep | null = null;
  try {
    if (readiness !== null && !await isReady(plan, readiness, host)) {
      return interruptedExit(readiness.front.interrupts.received);
    }
    const request = await launchRequest(plan, host);
    if (plan.keepsCpusAwake) letSleep = await keepAwake();
    prepareArtifactDir(request.config.artifactDir, folderOptions(plan));
    return await makeInFront(request, { plan, front: readiness?.front ?? openFront(), host });
  } catch (error) {
    const code = exitCodeFor(error);
    if (code === null) throw error;
    host.say(`aiperf: ${(error as Error).message}`);
    return code;
  } finally {
    await letSleep?.();
    readiness?.front.close();
  }
}

async function keepAwake(): Promise<LetSleep> {
  const { keepCpusAwake } = await import("./cpu_wakefulness.ts");
  return await keepCpusAwake();
}

/** False when the user does not want to wait any longer. */
async function isReady(
  plan: RunPlan,
  { front, ...readiness }: ReadinessPlan & { readonly front: Front },
  { probeInference }: ProfileHost,
): Promise<boolean> {
  const [{ waitForModel }, { lookAtServers }] = await Promise.all([
    import("./wait_for_model.ts"),
    import("./look_at_servers.ts"),
  ]);
  const { terminal, interrupts: { aborted: signal } } = front;
  const { mode } = readiness;
  return await waitForModel(readiness, {
    clock: new SystemClock(0),
    aborted: signal,
    say: (line) => terminal.line(`aiperf: ${line}`),
    look: (timeoutMs) => lookAtServers({ plan, mode, timeoutMs, signal, probeInference }),
  });
}

/** Finds out what the plan leaves open: the model, its tokenizer, the file of a public data set. */
async function launchRequest(plan: RunPlan, host: ProfileHost): Promise<LaunchRequest> {
  const model = plan.model ?? await discoverModel(plan.baseUrls.map(modelsUrl), plan.secrets);
  const { plan: tokenizer, note } = await chooseTokenizer(plan, model, host);
  const config = runConfig(plan, {
    benchmarkId: crypto.randomUUID(),
    epochUnixMs: Math.floor(host.startUnixMs),
    model,
    tokenizer,
    publicFile: plan.publicDataset && await host.preparePublic({
      ...plan.publicDataset,
      tokenizer,
      say: (line) => host.say(`aiperf: ${line}`),
    }),
  });
  return {
    config,
    secrets: plan.secrets,
    mockServer: plan.mockServer && { ...plan.mockServer },
    runtimeDir: plan.runtimeDir,
    ui: plan.ui,
    plainIntervalMs: plan.plainIntervalMs,
    notes: [
      note ?? noteOnSeveral(plan, model),
      await openFilesNote(config, plan),
    ].filter((one) => one !== null),
    showFrom: shownFrom(plan.logLevel),
  };
}

/** null: there is nothing to say. */
async function openFilesNote(
  { phases, workers }: Pick<LaunchRequest["config"], "phases" | "workers">,
  { secrets, mockServer }: RunPlan,
): Promise<string | null> {
  const hasOwnConnections = secrets.connections?.httpVersion !== "2";
  const need = { phases, workers, hasOwnConnections, isMock: mockServer !== null };
  return mayNeedMany(need) ? noteOnOpenFiles(need, await readOpenFileLimit()) : null;
}

/** Usually its name is enough; what looks for files is loaded only when there are any. */
async function chooseTokenizer(
  plan: RunPlan,
  model: string,
  { workingDir, home, say }: ProfileHost,
): Promise<PreparedTokenizer> {
  const query = { choice: plan.tokenizer, model, isMock: plan.mockServer !== null };
  const place = placeOf(query);
  const isReady = place.kind === "ready" && !plan.tokenizer.appliesChatTemplate;
  if (isReady) return place;
  const [{ prepareTokenizer }, { thisHub }] = await Promise.all([
    import("../../common/tokenizer/prepare_tokenizer.ts"),
    import("../../common/hub/this_hub.ts"),
  ]);
  return await prepareTokenizer(query, place, {
    hub: thisHub(),
    workingDir,
    home,
    say: (line) => say(`aiperf: ${line}`),
  });
}

/** null: there is nothing to say. */
function noteOnSeveral({ endpoint, tokenizer, mockServer }: RunPlan, model: string): string | null {
  if (endpoint.modelChoice === null || tokenizer.name !== null || mockServer !== null) return null;
  return `Tokens of all models are counted with the tokenizer of the first one, "${model}": ` +
    "choose another by --tokenizer";
}

function folderOptions({ overwrite, exportPrefix: prefix }: RunPlan): ArtifactDirOptions {
  return { overwrite, prefix };
}

interface Making {
  readonly plan: RunPlan;
  readonly front: Front;
  readonly host: ProfileHost;
}

/** Closes the front; a result that could not be written to stdout is no complete run. */
async function makeInFront(request: LaunchRequest, making: Making): Promise<number> {
  const { front, host } = making;
  try {
    const code = await make(request, making);
    const unwritten = front.unwritten();
    if (unwritten === null) return code;
    const folder = request.config.artifactDir;
    host.say(`aiperf: ${notOnStdout(unwritten)}; the results are in ${folder}`);
    return code === EXIT.complete ? EXIT.failed : code;
  } finally {
    front.close();
  }
}

async function make(request: LaunchRequest, { plan, front, host }: Making): Promise<number> {
  const { repetition } = plan;
  if (repetition === null) return (await launch(request, front)).exitCode;
  const { runSeries } = await import("./multi_run/run_series.ts");
  return await runSeries(request, repetition, {
    launch: (trial) => {
      prepareArtifactDir(trial.config.artifactDir, folderOptions(plan));
      return launch(trial, front);
    },
    writeAggregate: host.writeAggregate,
    writeResult: front.writeResult,
    say: (line) => front.terminal.line(line),
    newId: () => crypto.randomUUID(),
    clock: new SystemClock(request.config.epochUnixMs),
    interrupts: front.interrupts,
  });
}

function exitCodeFor(error: unknown): number | null {
  if (error instanceof NoModelError || error instanceof ArtifactDirError) return EXIT.badInput;
  if (error instanceof BadInputError) return EXIT.badInput;
  if (error instanceof UnreachableError || error instanceof NotReadyError) return EXIT.failed;
  return null;
}

/** Who asks for more than the usual wants to see it; the log file has it all in any case. */
function shownFrom(level: LogLevel): LogLevel {
  return LOG_LEVELS[level] < LOG_LEVELS.INFO ? level : "CRITICAL";
}
