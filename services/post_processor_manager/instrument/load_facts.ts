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
  /**
   * Requests wait for more than one of all slots or their time: a limit on prefills holds them back,
   * or slots that open one after the other.
   */
  readonly hasWaits: boolean;
}

/** What a phase's load promises. */
export function loadFacts({ load, prefill }: Pick<PhasePlan, "load" | "prefill">): LoadFacts {
  const hasWaits = prefill !== null;
  const none = { ratePerSecond: null, gapShape: null, concurrency: null, cap: null, hasWaits };
  switch (load.kind) {
    case "closed":
      return {
        ...none,
        pattern: "concurrency",
        concurrency: hasWaits ? null : steadyConcurrency(load),
      };
    case "open":
      return { ...none, pattern: load.arrivals, ...ofRate(load), ...ofCap(load, hasWaits) };
    case "fixed_schedule":
      return { ...none, pattern: load.kind, ...ofCap(load, hasWaits) };
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
