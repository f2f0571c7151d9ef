import type { Verdict } from "../../../common/model/instrument.ts";

/** Something that a result is held to. */
export interface Threshold {
  /** The name in `instrument.reasons`. */
  readonly check: string;
  /** What is looked at, for the documentation. */
  readonly what: string;
  /** Of the two limits. */
  readonly unit: "ms" | "%" | "requests" | "";
  /** From here on a result is SUSPECT; null: never. */
  readonly suspect: number | null;
  /** From here on a result is INVALID; null: never. */
  readonly invalid: number | null;
  /** True when small values are the bad ones: the limits are then reached from above. */
  readonly isLower: boolean;
  /** What there must be of the run before it is looked at, for the documentation. */
  readonly from: string;
}

/** Fewer requests have no 99th percentile to speak of: the 90th is judged instead. */
export const FEWEST_FOR_P99 = 100;
/** Fewer say nothing: a single late one would be a tenth of them. */
export const FEWEST_TO_JUDGE = 10;
/** The event loop is looked at fifty times a second. */
export const FEWEST_LAG_SAMPLES = 100;
/** A loop that is blocked is looked at less often: over so long, what there is will do. */
export const LONG_LAG_WATCH_MS = 3_000;
/** A lag below is what timers and the scheduling of processes have anyway. */
export const HARMLESS_LAG_MS = 5;
/** A concurrency or a rate must have been asked for over so long. */
export const SHORTEST_STEADY_MS = 1_000;
/** A CPU share over less is that of the start. */
export const SHORTEST_CPU_MS = 1_500;
/** Deviations from a random pattern are looked at only where they could happen by chance so rarely. */
export const KS_SIGNIFICANCE = 0.001;
/** The same of rates that are too low, in standard errors. */
export const RATE_SIGNIFICANCE = 3.1;
/** By less than this no turn of a trace counts as moved. */
export const SHORTEST_MOVE_MS = 10;
/**
 * Gaps of less than this on average are finer than timers; their lateness is judged instead. Half of
 * the gaps of a random pattern are much shorter than their mean.
 */
export const FINEST_GAP_MS = 2;
/** The same of a constant pattern, all of whose gaps are as long. */
export const FINEST_EVEN_GAP_MS = 1;
/** Of a pattern, so many per cent of the requests may have waited for a slot without harm. */
export const FEW_HELD_PERCENT = 1;

/**
 * Every threshold of the verdict: the only place they are written in.
 *
 * A result is as good as its worst check.
 */
export const THRESHOLDS = {
  successes: {
    check: "successes",
    what: "requests that succeeded",
    unit: "requests",
    suspect: null,
    invalid: 0,
    isLower: true,
    from: "always",
  },
  missingRecords: {
    check: "missing_records",
    what: "requests that got lost with a worker, or left no record",
    unit: "requests",
    suspect: null,
    invalid: 1,
    isLower: false,
    from: "always",
  },
  clientLimits: {
    check: "client_limits",
    what: "requests that failed because this machine had no free port or file handle",
    unit: "requests",
    suspect: 1,
    invalid: null,
    isLower: false,
    from: "always",
  },
  clientLimitsShare: {
    check: "client_limits_share",
    what: "the same as a share of all requests",
    unit: "%",
    suspect: null,
    invalid: 1,
    isLower: false,
    from: "always",
  },
  scheduleLateness: {
    check: "schedule_lateness",
    what:
      "99th percentile of sent − due; the wait for a slot under a concurrency or prefill limit " +
      "does not count",
    unit: "ms",
    suspect: 10,
    invalid: 100,
    isLower: false,
    from:
      `${FEWEST_FOR_P99} requests after the cold start; from ${FEWEST_TO_JUDGE} on the 90th percentile`,
  },
  rateKept: {
    check: "rate_kept",
    what:
      "rate of the requests sent, as a share of the rate that was scheduled; or requests sent, as " +
      "a share of those that were due, if that is less",
    unit: "%",
    suspect: 99,
    invalid: 95,
    isLower: true,
    from:
      `${FEWEST_FOR_P99} requests over ${SHORTEST_STEADY_MS} ms, at a rate or a schedule whose ` +
      "requests did not have to wait for a slot; for what was never sent, " +
      `${FEWEST_FOR_P99} requests due at a rate or by a schedule`,
  },
  rateAsked: {
    check: "rate_asked",
    what:
      "rate that was scheduled, as a share of the rate asked for, unless it is by chance: it is " +
      "lower where no conversation has a turn ready, or users wait for their answers",
    unit: "%",
    suspect: 95,
    invalid: null,
    isLower: true,
    from:
      `${FEWEST_FOR_P99} requests at a steady rate, after its ramp, or by a series of rates, which did not have to wait for a slot`,
  },
  traceKept: {
    check: "trace_kept",
    what:
      `turns of a trace that were due ${SHORTEST_MOVE_MS} ms and more after their timestamps, as ` +
      "the answers before them had not come, by all requests",
    unit: "%",
    suspect: 5,
    invalid: null,
    isLower: false,
    from: `${FEWEST_TO_JUDGE} requests of a trace`,
  },
  arrivalPattern: {
    check: "arrival_pattern",
    what:
      "of a random pattern, Kolmogorov–Smirnov distance between the gaps sent and the distribution " +
      `asked for, with p below ${KS_SIGNIFICANCE}; of a constant one, the part of the gaps sent that ` +
      "differ by half or more from the gap asked for, less the part of those scheduled that do",
    unit: "",
    suspect: 0.15,
    invalid: 0.3,
    isLower: false,
    from:
      `${FEWEST_FOR_P99} requests at a steady rate, after its ramp (of a constant one, as many after the cold start), ` +
      `with gaps of ${FINEST_GAP_MS} ms or more on average (constant ones ${FINEST_EVEN_GAP_MS} ms), of ` +
      `which less than ${FEW_HELD_PERCENT} % had to wait for a slot; of a ` +
      "random pattern, if the schedule follows it",
  },
  concurrencyKept: {
    check: "concurrency_kept",
    what:
      "requests in flight, averaged over the time when all slots are open and used, as a share " +
      "of --concurrency, or of what a prefill limit leaves room for (of conversations with several " +
      "turns, slots in use, also in pauses that should be); where requests at a rate waited " +
      "for a limit: their rate, as a share of the one with its slots always in use",
    unit: "%",
    suspect: 95,
    invalid: 80,
    isLower: true,
    from: `${SHORTEST_STEADY_MS} ms of that time after the cold start; ` +
      `at a rate ${FEWEST_TO_JUDGE} requests over ${SHORTEST_STEADY_MS} ms`,
  },
  rampFinished: {
    check: "ramp_finished",
    what: "part of a ramp that was still to come when sending ended",
    unit: "%",
    suspect: 1,
    invalid: null,
    isLower: false,
    from: "always, where there is a ramp",
  },
  capHeldBack: {
    check: "cap_held_back",
    what:
      "where requests waited for a concurrency or prefill limit: requests sent, as a share of those that " +
      "were due; or their rate, as a share of the one scheduled, if that is less; in a closed loop " +
      "under a prefill limit: requests in flight that it leaves room for, as a share of " +
      "--concurrency; all of it as with the slots of the limit always in use",
    unit: "%",
    suspect: 95,
    invalid: null,
    isLower: true,
    from:
      `${FEWEST_TO_JUDGE} requests due at a rate or by a schedule; for their rate, as many sent ` +
      `over ${SHORTEST_STEADY_MS} ms; in a closed loop as for \`concurrency_kept\``,
  },
  workerBusy: {
    check: "worker_busy",
    what: "CPU time of the busiest worker by elapsed time",
    unit: "%",
    suspect: 80,
    invalid: 95,
    isLower: false,
    from: `${SHORTEST_CPU_MS} ms between heartbeats`,
  },
  pacerBusy: {
    check: "pacer_busy",
    what: "CPU time of the timing manager, or of the worker manager, by elapsed time",
    unit: "%",
    suspect: 80,
    invalid: 95,
    isLower: false,
    from: `${SHORTEST_CPU_MS} ms between heartbeats`,
  },
  eventLoopLag: {
    check: "event_loop_lag",
    what: "99th percentile of a worker's event-loop lag",
    unit: "ms",
    suspect: 10,
    invalid: 100,
    isLower: false,
    from:
      `${FEWEST_LAG_SAMPLES} looks after the cold start (two seconds), or fewer of a loop that ` +
      `was blocked within ${LONG_LAG_WATCH_MS} ms`,
  },
  lagShare: {
    check: "lag_share",
    what: "the same as a share of the median time to first token (of the median request latency " +
      "without streaming)",
    unit: "%",
    suspect: 10,
    invalid: 50,
    isLower: false,
    from: `the same, and a lag of ${HARMLESS_LAG_MS} ms`,
  },
  machineBusy: {
    check: "machine_busy",
    what: "CPU time of all programs by what the machine has",
    unit: "%",
    suspect: 95,
    invalid: null,
    isLower: false,
    from: `${SHORTEST_CPU_MS} ms, where the system tells`,
  },
  stolenTime: {
    check: "stolen_time",
    what: "CPU time that the hypervisor gave to other machines",
    unit: "%",
    suspect: 5,
    invalid: 25,
    isLower: false,
    from: `${SHORTEST_CPU_MS} ms, where the system tells`,
  },
} as const satisfies Record<string, Threshold>;

/** What a value is worth by a threshold; the limits themselves are on the bad side. */
export function judge(value: number, { suspect, invalid, isLower }: Threshold): Verdict {
  const isReached = (limit: number | null) =>
    limit !== null && (isLower ? value <= limit : value >= limit);
  if (isReached(invalid)) return "INVALID";
  return isReached(suspect) ? "SUSPECT" : "VALID";
}
