import type { PhasePlan } from "./run_config.ts";

/** What the start of a phase depends on. */
export type PhaseStart = Pick<PhasePlan, "load" | "maxRequests" | "maxSessions">;

/** How many sessions begin together at the start of a phase; 0 where each has a time of its own. */
export function sessionsAtStart({ load, maxRequests, maxSessions }: PhaseStart): number {
  if (load.kind !== "closed") return 0;
  const slots = load.concurrencyRampMs > 0 ? 1 : load.concurrency;
  return Math.min(slots, maxRequests ?? Infinity, maxSessions ?? Infinity);
}
