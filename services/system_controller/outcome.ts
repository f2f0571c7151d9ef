import { endsOverFailureLimit } from "../../common/model/failure_limit.ts";
import { missingText } from "../../common/model/missing_text.ts";
import type { RecordsSummary, RunReport } from "../../common/model/report.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import type { RunEnding } from "../../common/model/run_ending.ts";
import { howManyFailed, nothingSucceeded } from "../../common/model/run_problems.ts";
import { EXIT } from "./exit.ts";

/** The signals that end a run early. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** How a run came to its end. */
export interface RunOutcome {
  readonly interruptedBy: StopSignal | null;
  /** What broke, in words for the terminal; null when nothing did. */
  readonly failure: string | null;
  /** Whether `failure` says what is wrong with the user's input; then nothing is broken. */
  readonly isBadInput: boolean;
  /** Whether the run was ended because more requests failed than `--failed-request-threshold`. */
  readonly hasTooManyFailures: boolean;
  /** That threshold; null: any number may fail. */
  readonly failureLimit: PhasePlan["failureLimit"];
  readonly records: RecordsSummary | null;
  readonly report: RunReport | null;
  /** Files that could not be written, and servers that could not be told the end, one sentence each. */
  readonly unwritten: readonly string[];
}

/** What is known of the end of a run before its results are made. */
export type RunsEnd = Omit<RunOutcome, "isBadInput" | "report" | "unwritten">;

/** Why a run ended: of several reasons the one that its exit code tells of. */
export function endingOf(outcome: RunsEnd): RunEnding {
  const { interruptedBy, failure } = outcome;
  if (interruptedBy !== null) return { reason: "interrupted", cause: interruptedBy };
  if (failure !== null) return { reason: "failure", cause: failure };
  return { reason: failsTooMuch(outcome) ? "failed_request_threshold" : "complete", cause: null };
}

/** What was not heard of when the load ended is told by its records; a run that broke is not judged. */
function failsTooMuch(outcome: RunsEnd): boolean {
  const { hasTooManyFailures, failureLimit, records, interruptedBy, failure } = outcome;
  if (hasTooManyFailures || records === null) return hasTooManyFailures;
  const isWhole = interruptedBy === null && failure === null;
  return isWhole && endsOverFailureLimit(failureLimit, records.accounts.profiling);
}

/** The problems that make a run not complete, one sentence each. */
export function problemsOf(outcome: RunOutcome): string[] {
  const { failure, records, report, interruptedBy, unwritten } = outcome;
  const problems: string[] = [];
  if (failure !== null) problems.push(failure);
  if (failsTooMuch(outcome)) problems.push(howManyFailed(report));
  if (records && records.missing > 0) problems.push(missingText(records));
  problems.push(...unwritten);
  const nothing = interruptedBy === null ? nothingSucceeded(report, failure !== null) : null;
  if (nothing !== null) problems.push(nothing);
  return problems;
}

/** The exit code of what a signal has ended. */
export function interruptedExit(signal: StopSignal | null): number {
  return signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
}

/** The exit code that tells the truth about a run. */
export function exitCodeOf(outcome: RunOutcome): number {
  if (outcome.interruptedBy !== null) return interruptedExit(outcome.interruptedBy);
  if (outcome.isBadInput) return EXIT.badInput;
  return problemsOf(outcome).length > 0 ? EXIT.failed : EXIT.complete;
}
