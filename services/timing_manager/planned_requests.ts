import type { PhasePlan } from "../../common/model/run_config.ts";
import type { Turns } from "./learn_turns.ts";
import { SINGLE_TURNS } from "./outlines.ts";
import { isInCut, type TraceCut } from "./trace.ts";
import type { TraceStarts } from "./trace_starts.ts";

/**
 * How many requests a phase will send if nothing ends it early; null when that is not known.
 *
 * `turns`: what is known of the data set when the phase begins.
 */
export function plannedRequests(
  { load, maxRequests, maxSessions }: PhasePlan,
  { outlines, starts }: Pick<Turns, "outlines" | "starts">,
): number | null {
  const isSingle = outlines === SINGLE_TURNS;
  const limits = [
    maxRequests,
    // A number of sessions is one of requests where each has one turn.
    isSingle ? maxSessions : null,
    load.kind === "fixed_schedule" && (isSingle || maxSessions === null)
      ? turnsInCut(starts!, load, outlines)
      : null,
  ];
  const known = limits.filter((limit) => limit !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** null as long as more conversations may come, or the turns of one are not known. */
function turnsInCut(
  starts: TraceStarts,
  cut: TraceCut,
  outlines: Turns["outlines"],
): number | null {
  if (!starts.isFinal) return null;
  let sum = 0;
  for (let i = 0; i < starts.length; i++) {
    const startMs = starts.at(i);
    if (startMs === null || !isInCut(startMs, cut)) continue;
    const turns = outlines.turnsOf(i);
    if (turns === null) return null;
    sum += turns.length;
  }
  return sum;
}
