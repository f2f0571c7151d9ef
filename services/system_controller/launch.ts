import { shellQuote } from "../../common/cli/shell_quote.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { RunReport } from "../../common/model/report.ts";
import type { RunConfig, RunSecrets } from "../../common/model/run_config.ts";
import { whyIncomplete } from "../../common/model/run_problems.ts";
import { runFolder, runTitle, titledReport } from "../../common/model/run_series.ts";
import { CONTROLLER_ID } from "../../common/model/service_type.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { blockWhileWritten } from "../../common/runtime/file_lock.ts";
import { atMost } from "../../common/service/at_most.ts";
import { Logger, type LogLevel } from "../../common/runtime/log.ts";
import { setProcessTitle } from "../../common/runtime/process_title.ts";
import { makeRunDir, removeRunDir } from "../../common/runtime/run_dir.ts";
import { holdsRun } from "./artifacts.ts";
import type { Front } from "./front.ts";
import { EXIT } from "./exit.ts";
import { endingOf, exitCodeOf, problemsOf, type RunOutcome } from "./outcome.ts";
import { RunLog } from "./run_log.ts";
import { SystemController } from "./service.ts";
import { RunView, type UiType } from "./ui/run_view.ts";
import type { Terminal } from "./ui/terminal.ts";

/** How long the last lines of the log may take to their file. */
const LOG_CLOSE_MS = 2_000;

/** How long the killed records manager may keep the journal. */
const RELEASE_MS = 1_000;

/** Everything that is decided before the first process starts. */
export interface LaunchRequest {
  readonly config: Omit<RunConfig, "runDir">;
  readonly secrets: RunSecrets;
  /** What the built-in mock server is to do; null when a real server is measured. */
  readonly mockServer: Record<string, unknown> | null;
  /** Where the run directory goes; null: the usual places. */
  readonly runtimeDir: string | null;
  readonly ui: UiType;
  /** How often progress is told where it is not shown in place. */
  readonly plainIntervalMs: number;
  /** What is to be said when the first run begins, one sentence each. */
  readonly notes: readonly string[];
  /** Log lines from this level on are shown at the terminal. */
  readonly showFrom: LogLevel;
}

/** How a run ended, when all of its processes are gone. */
export interface RunEnd {
  readonly exitCode: number;
  /** Why it is not complete, in words; null with exit code 0. */
  readonly problem: string | null;
  readonly report: RunReport | null;
}

/**
 * Makes a whole run: resolves when every process and the run directory are gone.
 *
 * The artifact folder must exist. The result goes to stdout, everything else to stderr.
 */
export async function launch(request: LaunchRequest, front: Front): Promise<RunEnd> {
  const { terminal } = front;
  let runDir: string;
  try {
    runDir = makeRunDir(request.runtimeDir);
  } catch (error) {
    const problem = (error as Error).message;
    terminal.line(`aiperf: ${problem}`);
    return { exitCode: EXIT.badInput, problem, report: null };
  }
  const runLog = await RunLog.create({
    path: `${request.config.artifactDir}/${ARTIFACT_FILES.log}`,
    show: (line) => terminal.line(line),
    showFrom: request.showFrom,
  });
  try {
    return await lead({ ...request, config: { ...request.config, runDir } }, front, runLog);
  } finally {
    terminal.clear();
    await atMost(new SystemClock(0), LOG_CLOSE_MS, runLog.close());
    removeRunDir(runDir);
  }
}

type ReadyRequest = LaunchRequest & { readonly config: RunConfig };

async function lead(
  request: ReadyRequest,
  { terminal, interrupts, writeResult }: Front,
  runLog: RunLog,
): Promise<RunEnd> {
  const { config } = request;
  const controller = controllerOf(request, terminal, runLog);
  const forget = interrupts.attend({
    interrupt: (signal) => controller.interrupt(signal),
    abandon: (signal) => {
      controller.interrupt(signal);
      blockWhileWritten(`${config.artifactDir}/${ARTIFACT_FILES.records}`, RELEASE_MS);
      removeRunDir(config.runDir);
      terminal.line(`aiperf: ${signal}: ended at once; ${whatIsLeft(config)}`);
    },
  });
  try {
    await controller.initialize();
    const done = controller.run();
    // After the children have been started: loading what it needs would hold them up.
    await setProcessTitle(CONTROLLER_ID);
    await done;
  } finally {
    await controller.cleanup();
    forget();
  }
  const { outcome, resultText } = controller;
  if (resultText !== null) await writeResult(headed(resultText, config));
  for (const problem of problemsOf(outcome)) terminal.line(`aiperf: ${problem}`);
  if (resultText === null && !outcome.isBadInput) {
    terminal.line(`aiperf: see ${config.artifactDir}/${ARTIFACT_FILES.log}`);
  }
  return endOf(outcome);
}

function controllerOf(
  request: ReadyRequest,
  terminal: Terminal,
  runLog: RunLog,
): SystemController {
  const { config, secrets, mockServer, ui, plainIntervalMs } = request;
  const log = new Logger({
    serviceId: CONTROLLER_ID,
    level: config.logLevel as LogLevel,
    sink: (line) => runLog.line(line),
  });
  const isFirst = (config.trial?.number ?? 1) === 1;
  const onLoad = () => {
    for (const note of isFirst ? request.notes : []) {
      log.info(note);
      terminal.line(`aiperf: ${note}`);
    }
  };
  const name = nameOf(config);
  const view = new RunView(terminal, { ui, name, saysNotes: isFirst, plainIntervalMs });
  return new SystemController({
    type: "system_controller",
    id: CONTROLLER_ID,
    transport: new UnixTransport(config.runDir),
    token: crypto.randomUUID(),
    clock: new SystemClock(config.epochUnixMs),
    log,
    init: {},
  }, { config, secrets, mockServer, view, onLoad });
}

/** Of a run that ended without its exports. */
function whatIsLeft({ artifactDir, trial }: RunConfig): string {
  const isAlone = trial === null || trial.number === 1;
  if (isAlone && !holdsRun(artifactDir)) return "nothing had been measured";
  const folder = trial === null ? artifactDir : seriesFolder(artifactDir, trial.label);
  return `the results are in the journal: ${shellQuote(["aiperf", "report", folder])} makes them`;
}

function seriesFolder(artifactDir: string, label: string): string {
  return artifactDir.slice(0, -`/${runFolder(label)}`.length);
}

function endOf(outcome: RunOutcome): RunEnd {
  const problem = whyIncomplete({ ...outcome, ending: endingOf(outcome) });
  return { exitCode: exitCodeOf(outcome), problem, report: outcome.report };
}

/** What a run is called among several; empty for the only one. */
function nameOf({ trial }: RunConfig): string {
  return trial ? runTitle(trial.number, trial.of) : "";
}

function headed(resultText: string, config: RunConfig): string {
  const name = nameOf(config);
  return name === "" ? resultText : titledReport(resultText, name);
}
