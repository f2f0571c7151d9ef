import { type PhaseStart, sessionsAtStart } from "../../common/model/phase_start.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";

/**
 * How long before it is due a credit goes out, so that it is in the worker's hands in time. The
 * worker waits for the exact moment.
 */
export interface Lead {
  /** Nothing goes out earlier than that, but for what is due at the zero of the schedule. */
  readonly mostNs: number;
  /** Whoever waits for the next due time wakes then: what is due until `mostNs` goes along. */
  readonly leastNs: number;
  /** So long after it begins is the zero of a phase's schedule; what is due then goes out at once. */
  readonly startNs: number;
}

/** Every credit goes out when it is due. */
export const NO_LEAD: Lead = { mostNs: 0, leastNs: 0, startNs: 0 };

/** What stalls a process on a busy machine seldom takes longer. */
const MOST_NS = 25e6;
const LEAST_NS = 15e6;

/** In a trace any number of requests may be due at the same time: some hundreds can be made ready. */
const SCHEDULE_LEAD: Lead = { mostNs: 75e6, leastNs: 50e6, startNs: 60e6 };

/**
 * A worker opens a connection for each slot of a closed loop and builds its request before it starts:
 * what that takes. Whatever is not ready by then leaves later than the rest.
 */
const SLOT_NS = 0.5e6;
const CLOSED_START_NS = 5e6;
const MOST_START_NS = 1000e6;

/**
 * How far ahead the credits of a phase go out.
 *
 * Under a limit on prefills none does: a request that is not on its way must not take the place of
 * one that is.
 */
export function leadOf(plan: PhaseStart & Pick<PhasePlan, "prefill">): Lead {
  const { load, prefill } = plan;
  if (prefill !== null) return NO_LEAD;
  if (load.kind === "fixed_schedule") return SCHEDULE_LEAD;
  return { mostNs: MOST_NS, leastNs: LEAST_NS, startNs: startLeadNs(plan) };
}

function startLeadNs(plan: PhaseStart): number {
  if (plan.load.kind !== "closed") return LEAST_NS;
  return Math.min(MOST_START_NS, CLOSED_START_NS + sessionsAtStart(plan) * SLOT_NS);
}
