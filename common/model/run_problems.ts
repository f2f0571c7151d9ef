import { missingText } from "./missing_text.ts";
import { whyNothingSucceeded } from "./nothing_succeeded.ts";
import type { RecordsSummary, RunReport } from "./report.ts";
import type { RunEnding } from "./run_ending.ts";

/** What is known of a run that has ended, be it just now or by its journal. */
export interface EndedRunFacts {
  readonly ending: RunEnding;
  /** null: nobody knows. */
  readonly records: Pick<RecordsSummary, "missing" | "missingIds"> | null;
  /** null: there is none. */
  readonly report: Pick<RunReport, "account" | "errors"> | null;
  /** Files that could not be written, and what else went wrong at the end, one sentence each. */
  readonly unwritten: readonly string[];
}

/** Why a run of a series has no results: it never began, as all had ended before that. */
export const NOT_STARTED = "it was not started: the series ended before it";

/** What keeps a run from being complete, in words for the terminal; null: nothing does. */
export function whyIncomplete(
  { ending, records, report, unwritten }: EndedRunFacts,
): string | null {
  const { reason, cause } = ending;
  if (reason === "interrupted") {
    return cause === null ? "it was interrupted" : `it was interrupted by ${cause}`;
  }
  const problems: string[] = [];
  if (reason === "failure") problems.push(cause ?? "it failed: see logs/aiperf.log");
  if (reason === "failed_request_threshold") problems.push(howManyFailed(report));
  if (records !== null && records.missing > 0) problems.push(missingText(records));
  problems.push(...unwritten);
  const nothing = nothingSucceeded(report, reason === "failure");
  if (nothing !== null) problems.push(nothing);
  return problems.length === 0 ? null : problems.join("; ");
}

/** What is said of more failures than were allowed. */
export function howManyFailed(report: Pick<RunReport, "account"> | null): string {
  const { succeeded = 0, failed = 0, lost = 0 } = report?.account ?? {};
  const counts = report ? `: ${failed + lost} of ${succeeded + failed + lost}` : "";
  return `more requests failed than --failed-request-threshold allows${counts}`;
}

/** What is said of a run without a success; null: it had one, or it broke before it sent anything. */
export function nothingSucceeded(
  report: EndedRunFacts["report"],
  hasBroken: boolean,
): string | null {
  if (report === null || report.account.succeeded > 0) return null;
  if (hasBroken && report.account.issued === 0) return null;
  return whyNothingSucceeded(report);
}
