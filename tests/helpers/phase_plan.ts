import type { LoadPlan, PhasePlan } from "../../common/model/run_config.ts";

type Load<K extends LoadPlan["kind"]> = Extract<LoadPlan, { kind: K }>;

/** A closed loop whose slots all open at once. */
export function closedLoad(concurrency: number, concurrencyRampMs = 0): Load<"closed"> {
  return { kind: "closed", concurrency, concurrencyRampMs };
}

/** Evenly spaced arrivals without a cap. */
export function openLoad(ratePerSecond: number, change: Partial<Load<"open">> = {}): Load<"open"> {
  return {
    kind: "open",
    ratePerSecond,
    rateRampMs: 0,
    rateSeries: null,
    arrivals: "constant",
    smoothness: 1,
    concurrencyCap: null,
    concurrencyRampMs: 0,
    ...change,
  };
}

/** A whole trace from its first timestamp on, without a cap. */
export function traceLoad(change: Partial<Load<"fixed_schedule">> = {}): Load<"fixed_schedule"> {
  return {
    kind: "fixed_schedule",
    originMs: null,
    startMs: null,
    endMs: null,
    concurrencyCap: null,
    concurrencyRampMs: 0,
    ...change,
  };
}

/** A profiling phase of one request at a time, without any limit. */
export function phasePlanOf(change: Partial<PhasePlan> = {}): PhasePlan {
  return {
    phase: "profiling",
    load: closedLoad(1),
    prefill: null,
    cancellation: null,
    maxRequests: null,
    maxSessions: null,
    maxDurationMs: null,
    graceMs: null,
    failureLimit: null,
    ...change,
  };
}
