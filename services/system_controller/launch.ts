import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { RunConfig, RunSecrets } from "../../common/model/run_config.ts";
import { CONTROLLER_ID } from "../../common/model/service_type.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { Logger, type LogLevel } from "../../common/runtime/log.ts";
import { setProcessTitle } from "../../common/runtime/process_title.ts";
import { makeRunDir, removeRunDir } from "../../common/runtime/run_dir.ts";
import { EXIT, exitCodeOf, problemsOf, type StopSignal } from "./outcome.ts";
import { RunLog } from "./run_log.ts";
import { SystemController } from "./service.ts";
import { RunView, type UiType } from "./ui/run_view.ts";
import { Terminal } from "./ui/terminal.ts";

/** Everything that is decided before the first process starts. */
export interface LaunchRequest {
  readonly config: Omit<RunConfig, "runDir">;
  readonly secrets: RunSecrets;
  /** What the built-in mock server is to do; null when a real server is measured. */
  readonly mockServer: Record<string, unknown> | null;
  /** Where the run directory goes; null: the usual places. */
  readonly runtimeDir: string | null;
  readonly ui: UiType;
  /** Log lines from this level on are shown at the terminal. */
  readonly showFrom: LogLevel;
}

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

const encoder = new TextEncoder();

/**
 * Makes a whole run: returns its exit code when every process and the run directory are gone.
 *
 * The artifact folder must exist. The result goes to stdout, everything else to stderr.
 */
export async function launch(request: LaunchRequest): Promise<number> {
  let runDir: string;
  try {
    runDir = makeRunDir(request.runtimeDir);
  } catch (error) {
    writeError(`aiperf: ${(error as Error).message}\n`);
    return EXIT.badInput;
  }
  const terminal = new Terminal({
    write: writeError,
    isTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns(),
  });
  const runLog = await RunLog.create({
    path: `${request.config.artifactDir}/${ARTIFACT_FILES.log}`,
    show: (line) => terminal.line(line),
    showFrom: request.showFrom,
  });
  try {
    return await lead({ ...request, config: { ...request.config, runDir } }, terminal, runLog);
  } finally {
    terminal.clear();
    await runLog.close();
    removeRunDir(runDir);
  }
}

async function lead(
  request: LaunchRequest & { config: RunConfig },
  terminal: Terminal,
  runLog: RunLog,
): Promise<number> {
  const { config, secrets, mockServer, ui } = request;
  const log = new Logger({
    serviceId: CONTROLLER_ID,
    level: config.logLevel as LogLevel,
    sink: (line) => runLog.line(line),
  });
  const controller = new SystemController({
    type: "system_controller",
    id: CONTROLLER_ID,
    transport: new UnixTransport(config.runDir),
    token: crypto.randomUUID(),
    clock: new SystemClock(config.epochUnixMs),
    log,
    init: {},
  }, { config, secrets, mockServer, view: new RunView(terminal, ui) });
  const forget = listenForSignals(controller, terminal, config.runDir);
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
  if (controller.resultText !== null) await writeResult(controller.resultText);
  for (const problem of problemsOf(controller.outcome)) terminal.line(`aiperf: ${problem}`);
  if (controller.resultText === null && !controller.outcome.isBadInput) {
    terminal.line(`aiperf: see ${config.artifactDir}/${ARTIFACT_FILES.log}`);
  }
  return exitCodeOf(controller.outcome);
}

/** The first signal ends the run in good order; the second one ends everything at once. */
function listenForSignals(
  controller: SystemController,
  terminal: Terminal,
  runDir: string,
): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      if (controller.interrupt(signal) === "gracefully") {
        terminal.line(`aiperf: ${signal}: ending the run; once more to end at once`);
        return;
      }
      removeRunDir(runDir);
      Deno.exit(signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 100;
  }
}

function writeError(text: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(text));
  } catch {
    // A lost terminal does not lose the run.
  }
}

async function writeResult(text: string): Promise<void> {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch {
    // Nobody reads any more, as with `| head`; the files hold it all.
  }
}
