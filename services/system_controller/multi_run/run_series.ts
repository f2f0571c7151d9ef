import type { Repetition } from "../../../common/config/repetition.ts";
import { exportFiles } from "../../../common/model/artifact_files.ts";
import { NOT_STARTED } from "../../../common/model/run_problems.ts";
import { type EndedRun, runLabel, type RunSeries } from "../../../common/model/run_series.ts";
import type { Clock } from "../../../common/runtime/clock.ts";
import { describeError } from "../../../common/runtime/log.ts";
import type { LaunchRequest, RunEnd } from "../launch.ts";
import { EXIT } from "../exit.ts";
import type { StopSignal } from "../outcome.ts";
import { trialRequest } from "./trial_request.ts";

/** What a series needs of the world. */
export interface SeriesHost {
  /** Makes one run, from its first process to its last. */
  launch(request: LaunchRequest): Promise<RunEnd>;
  /** Writes the aggregate; returns the text for the console. */
  writeAggregate(series: RunSeries): Promise<string>;
  /** Writes a result to stdout. */
  writeResult(text: string): Promise<void>;
  /** Says something to the person at the terminal. */
  say(line: string): void;
  newId(): string;
  /** Counts from the epoch of the first run. */
  readonly clock: Clock;
  readonly interrupts: {
    readonly received: StopSignal | null;
    readonly aborted: AbortSignal;
  };
}

/**
 * Makes the same run several times, one after the other, and aggregates those that are complete.
 *
 * `request` is that of the series: its artifact folder holds those of the runs, its id and epoch
 * are those of the first run. A run that fails does not keep the others from being made, but for
 * bad input, which would only be bad again. Returns the exit code of the series.
 */
export async function runSeries(
  request: LaunchRequest,
  repetition: Repetition,
  host: SeriesHost,
): Promise<number> {
  const ends: RunEnd[] = [];
  for (let number = 1; number <= repetition.runs; number++) {
    if (number > 1) await coolDown(number, repetition, host);
    if (host.interrupts.received !== null || ends.at(-1)?.exitCode === EXIT.badInput) break;
    ends.push(await makeRun(number, { request, repetition, host }));
  }
  if (ends[0]?.exitCode === EXIT.badInput) return EXIT.badInput;
  const written = await aggregate(ends, { request, repetition, host });
  return seriesExitCode(ends, { interruptedBy: host.interrupts.received, written });
}

interface Series {
  readonly request: LaunchRequest;
  readonly repetition: Repetition;
  readonly host: SeriesHost;
}

async function coolDown(
  number: number,
  { runs, cooldownMs }: Repetition,
  { say, clock, interrupts }: SeriesHost,
): Promise<void> {
  if (cooldownMs === 0 || interrupts.received !== null) return;
  say(`run ${number} of ${runs} starts in ${cooldownMs / 1000} s`);
  await clock.sleep(cooldownMs, interrupts.aborted);
}

async function makeRun(number: number, { request, repetition, host }: Series): Promise<RunEnd> {
  const { epochUnixMs, benchmarkId } = request.config;
  const facts = number === 1 ? { number, benchmarkId, epochUnixMs } : {
    number,
    benchmarkId: host.newId(),
    epochUnixMs: epochUnixMs + Math.floor(host.clock.nowNs() / 1e6),
  };
  try {
    return await host.launch(trialRequest(request, repetition, facts));
  } catch (error) {
    const problem = describeError(error);
    host.say(`aiperf: ${problem}`);
    return { exitCode: EXIT.failed, problem, report: null };
  }
}

/** False when the results could not be written. */
async function aggregate(
  ends: readonly RunEnd[],
  { request, repetition, host }: Series,
): Promise<boolean> {
  const { artifactDir, exportRecords, exportPrefix } = request.config;
  const series: RunSeries = {
    artifactDir,
    requestMetrics: exportRecords ? exportFiles(exportPrefix).requestMetrics : null,
    confidenceLevel: repetition.confidenceLevel,
    runs: Array.from(
      { length: repetition.runs },
      (_, i) => endedRun(runLabel(i + 1), ends[i]),
    ),
  };
  try {
    await host.writeResult(await host.writeAggregate(series));
    return true;
  } catch (error) {
    host.say(`aiperf: cannot write the aggregate: ${describeError(error)}`);
    return false;
  }
}

function endedRun(label: string, end: RunEnd | undefined): EndedRun {
  return end === undefined
    ? { label, problem: NOT_STARTED, report: null }
    : { label, problem: end.problem, report: end.report };
}

/** The exit code that tells the truth about a series. */
export function seriesExitCode(
  ends: readonly Pick<RunEnd, "exitCode">[],
  { interruptedBy, written }: { interruptedBy: StopSignal | null; written: boolean },
): number {
  if (interruptedBy !== null) {
    return interruptedBy === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
  }
  if (ends.some(({ exitCode }) => exitCode === EXIT.badInput)) return EXIT.badInput;
  const isComplete = written && ends.every(({ exitCode }) => exitCode === EXIT.complete);
  return isComplete ? EXIT.complete : EXIT.failed;
}
