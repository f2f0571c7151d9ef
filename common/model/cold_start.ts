import type { PhasePlan } from "./run_config.ts";

/**
 * How long a cold run is cold: the first requests wait for code to be compiled and connections to
 * be opened. What happens in this time is measured and shown, but no verdict is built on it.
 */
const COLD_START_NS = 500e6;

/** How long the start of the profiling phase is cold: not at all after a warm-up. */
export function coldStartNs(phases: readonly Pick<PhasePlan, "phase">[]): number {
  return phases.some(({ phase }) => phase === "warmup") ? 0 : COLD_START_NS;
}
