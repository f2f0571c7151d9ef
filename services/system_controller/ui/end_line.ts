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

function restText(end: PhaseEnd): string {
  const { wasCutShort, failed = 0, unheard = 0, cancelled = 0, unsent = 0, overdue = 0 } = end;
  const failures = (failed > 0 ? `, ${failed} failed` : "") +
    (unheard > 0 ? `, ${unheard} not heard of yet` : "");
  const cancellations = wasCutShort && cancelled > 0 ? `, ${cancelled} cancelled` : "";
  const notSent = unsent > 0 ? `; ${moreWere(unsent)} due and found no free slot in time` : "";
  const notReached = overdue > 0
    ? `; ${moreWere(overdue)} due, but this machine was too far behind`
    : "";
  return failures + cancellations + notSent + notReached;
}

function moreWere(count: number): string {
  return count === 1 ? "1 more was" : `${count} more were`;
}

function requestsText(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
