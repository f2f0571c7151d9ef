import type { RunEvent } from "../../../common/model/run_event.ts";

/** The end of a phase. */
export type PhaseEnd = RunEvent & { readonly type: "phase_complete" };

/**
 * One line on the end of a phase: whether it is complete, and what was sent and failed.
 *
 * `planned`: how many requests there should have been; null: that was not known.
 */
export function endLine(end: PhaseEnd, planned: number | null): string {
  const { phase, startNs, endNs, issued, wasCutShort = false } = end;
  const seconds = ((endNs - startNs) / 1e9).toFixed(2);
  if (!wasCutShort) {
    return `${phase} complete: ${requestsText(issued)} in ${seconds} s${restText(end)}`;
  }
  const how = end.reason === "failed_threshold"
    ? "ended by --failed-request-threshold"
    : "broken off";
  const sent = planned === null ? requestsText(issued) : `${issued} of ${requestsText(planned)}`;
  return `${phase} ${how} after ${sent}, ${seconds} s${restText(end)}`;
}

function restText({ wasCutShort, failed = 0, cancelled = 0, unsent = 0 }: PhaseEnd): string {
  const failures = failed > 0 ? `, ${failed} failed` : "";
  const cancellations = wasCutShort && cancelled > 0 ? `, ${cancelled} cancelled` : "";
  const were = unsent === 1 ? "1 more was" : `${unsent} more were`;
  const notSent = unsent > 0 ? `; ${were} due and found no free slot in time` : "";
  return failures + cancellations + notSent;
}

function requestsText(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
