import type { LoadPlan, PhasePlan } from "../../../common/model/run_config.ts";

/** A load that grows until it is the one asked for. */
export interface Ramp {
  /** The flag that says how long it takes. */
  readonly flag: string;
  /** What is there at its end, as on the command line. */
  readonly load: string;
  readonly lastsMs: number;
}

/** What a load promises, as far as it can be held to it. */
export interface LoadFacts {
  /** The name of the pattern, for people. */
  readonly pattern: string;
  /** A rate that is steady from the end of its ramp on; null when there is none. */
  readonly ratePerSecond: number | null;
  /** Shape of the gamma distribution that the gaps are drawn from, be it at a rate that changes; null: not a random pattern. */
  readonly gapShape: number | null;
  /** How long the rate grows; 0: it is there at once. */
  readonly rateRampMs: number;
  /** Requests that are to be in flight at any time; null: as many as come about. */
  readonly concurrency: number | null;
  /** At most so many sessions at once, so that requests may have to wait for a slot; null: no cap. */
  readonly cap: number | null;
  /** At most so many requests at once without a first token, so that others may have to wait; null: no limit. */
  readonly prefillLimit: number | null;
  /** How long the slots of both take to open; 0: they are there at once. */
  readonly slotsRampMs: number;
  /** All that grows. */
  readonly ramps: readonly Ramp[];
}

type Pace = Pick<LoadFacts, "pattern" | "ratePerSecond" | "gapShape" | "rateRampMs">;

/** What a phase's load promises. */
export function loadFacts({ load, prefill }: Pick<PhasePlan, "load" | "prefill">): LoadFacts {
  const slots = slotsOf(load);
  return {
    ...paceOf(load),
    concurrency: load.kind === "closed" ? load.concurrency : null,
    cap: load.kind === "closed" ? null : slots.limit,
    prefillLimit: prefill?.limit ?? null,
    slotsRampMs: Math.max(slots.rampMs, prefill?.rampMs ?? 0),
    ramps: rampsOf({ load, prefill }),
  };
}

function paceOf(load: LoadPlan): Pace {
  const none = { ratePerSecond: null, gapShape: null, rateRampMs: 0 };
  switch (load.kind) {
    case "closed":
      return { ...none, pattern: "concurrency" };
    case "fixed_schedule":
      return { ...none, pattern: load.kind };
    case "user_centric":
      return { ...none, pattern: load.kind, ratePerSecond: load.ratePerSecond };
    case "open": {
      const { arrivals: pattern, ratePerSecond, rateRampMs, rateSeries, smoothness } = load;
      const shapes = { constant: null, poisson: 1, gamma: smoothness };
      // A rate that changes all the time has no one distribution of gaps, but as much chance in it.
      if (rateSeries !== null) return { ...none, pattern, gapShape: shapes[pattern] };
      return { pattern, ratePerSecond, rateRampMs, gapShape: shapes[pattern] };
    }
  }
}

/** How many sessions may go on at the same time, and how long that takes to be so. */
function slotsOf(load: LoadPlan): { limit: number | null; rampMs: number } {
  if (load.kind === "user_centric") return { limit: null, rampMs: 0 };
  const limit = load.kind === "closed" ? load.concurrency : load.concurrencyCap;
  return { limit, rampMs: limit === null ? 0 : load.concurrencyRampMs };
}

function rampsOf({ load, prefill }: Pick<PhasePlan, "load" | "prefill">): Ramp[] {
  const slots = slotsOf(load);
  const { ratePerSecond, rateRampMs } = paceOf(load);
  return [
    {
      flag: "--concurrency-ramp-duration",
      load: `--concurrency ${slots.limit}`,
      lastsMs: slots.rampMs,
    },
    {
      flag: "--prefill-concurrency-ramp-duration",
      load: `--prefill-concurrency ${prefill?.limit}`,
      lastsMs: prefill?.rampMs ?? 0,
    },
    {
      flag: "--request-rate-ramp-duration",
      load: `--request-rate ${ratePerSecond}`,
      lastsMs: rateRampMs,
    },
  ].filter(({ lastsMs }) => lastsMs > 0);
}
