import type { LoadPlan, PhasePlan } from "../../../common/model/run_config.ts";

/** What a load promises, as far as it can be held to it. */
export interface LoadFacts {
  /** The name of the pattern, for people. */
  readonly pattern: string;
  /** A steady rate; null when there is none. */
  readonly ratePerSecond: number | null;
  /** Shape of the gamma distribution that the gaps are drawn from; null: not a random pattern. */
  readonly gapShape: number | null;
  /** Requests that are to be in flight at any time; null: as many as come about. */
  readonly concurrency: number | null;
  /** At most so many sessions at once, so that requests may have to wait for a slot; null: no cap. */
  readonly cap: number | null;
  /** At most so many requests at once without a first token, so that others may have to wait; null: no limit. */
  readonly prefillLimit: number | null;
  /** Requests wait for slots that open one after the other. */
  readonly hasWaits: boolean;
}

/** What a phase's load promises. */
export function loadFacts({ load, prefill }: Pick<PhasePlan, "load" | "prefill">): LoadFacts {
  const none = {
    ratePerSecond: null,
    gapShape: null,
    concurrency: null,
    cap: null,
    prefillLimit: prefill === null ? null : prefill.limit,
    hasWaits: prefill !== null && prefill.rampMs > 0,
  };
  switch (load.kind) {
    case "closed":
      return {
        ...none,
        pattern: "concurrency",
        concurrency: prefill !== null ? null : steadyConcurrency(load),
      };
    case "open":
      return { ...none, pattern: load.arrivals, ...ofRate(load), ...ofCap(load, none.hasWaits) };
    case "fixed_schedule":
      return { ...none, pattern: load.kind, ...ofCap(load, none.hasWaits) };
    case "user_centric":
      return { ...none, pattern: load.kind, ratePerSecond: load.ratePerSecond };
  }
}

function steadyConcurrency(
  { concurrency, concurrencyRampMs }: LoadPlan & { kind: "closed" },
): number | null {
  return concurrencyRampMs > 0 ? null : concurrency;
}

function ofCap(
  { concurrencyCap, concurrencyRampMs }: LoadPlan & { kind: "open" | "fixed_schedule" },
  hasWaits: boolean,
): Pick<LoadFacts, "cap" | "hasWaits"> {
  const opensSlowly = concurrencyCap !== null && concurrencyRampMs > 0;
  return { cap: concurrencyCap, hasWaits: hasWaits || opensSlowly };
}

/** A rate that changes over time has no one distribution of gaps. */
function ofRate(
  { ratePerSecond, rateRampMs, rateSeries, arrivals, smoothness }: LoadPlan & { kind: "open" },
): Pick<LoadFacts, "ratePerSecond" | "gapShape"> {
  if (rateRampMs > 0 || rateSeries !== null) return { ratePerSecond: null, gapShape: null };
  const shapes = { constant: null, poisson: 1, gamma: smoothness };
  return { ratePerSecond, gapShape: shapes[arrivals] };
}
