import { assertEquals } from "@std/assert";
import type { PhasePlan } from "../../../common/model/run_config.ts";
import { SINGLE_TURNS, type TurnOutline } from "../../../services/timing_manager/outlines.ts";
import { plannedRequests } from "../../../services/timing_manager/planned_requests.ts";
import { TraceStarts } from "../../../services/timing_manager/trace_starts.ts";
import { openLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

const TURN: TurnOutline = { delayMs: null, timestampMs: null };

/** Conversations of 1, 2, 3 … turns; of those from `unknownFrom` on nothing is known yet. */
function conversations(unknownFrom = Infinity) {
  const turnsOf = (i: number) => i < unknownFrom ? Array<TurnOutline>(i + 1).fill(TURN) : null;
  return { turnsOf, load: () => Promise.resolve() };
}

const STARTS = [0, 1_000, 500, 4_000];

const single = { outlines: SINGLE_TURNS, starts: new TraceStarts(STARTS, true) };
const severalTurns = { outlines: conversations(), starts: new TraceStarts(STARTS, true) };

const TABLE: readonly [
  what: string,
  Partial<PhasePlan>,
  Parameters<typeof plannedRequests>[1],
  number | null,
][] = [
  ["a rate without a limit", { load: openLoad(5) }, { ...single, starts: null }, null],
  ["a request count", { load: openLoad(5), maxRequests: 9 }, { ...single, starts: null }, 9],
  ["sessions of one turn", { maxSessions: 4, maxRequests: 9 }, { ...single, starts: null }, 4],
  ["sessions of several", { maxSessions: 4 }, { ...severalTurns, starts: null }, null],
  ["a whole trace", { load: traceLoad() }, single, 4],
  ["a trace with a request count", { load: traceLoad(), maxRequests: 3 }, single, 3],
  ["a part of a trace", { load: traceLoad({ startMs: 500, endMs: 1_000 }) }, single, 2],
  ["a trace of conversations", { load: traceLoad() }, severalTurns, 1 + 2 + 3 + 4],
  ["a part of such a trace", { load: traceLoad({ endMs: 500 }) }, severalTurns, 1 + 3],
  ["so many sessions of one", { load: traceLoad(), maxSessions: 2 }, severalTurns, null],
  [
    "a trace that is still being looked through",
    { load: traceLoad() },
    { ...single, starts: new TraceStarts(STARTS, false) },
    null,
  ],
  [
    "a trace whose conversations are still being looked through",
    { load: traceLoad() },
    { ...severalTurns, outlines: conversations(3) },
    null,
  ],
];

for (const [what, plan, turns, planned] of TABLE) {
  Deno.test(`${what}: ${planned ?? "an unknown number of"} requests are planned`, () => {
    assertEquals(plannedRequests(phasePlanOf(plan), turns), planned);
  });
}
