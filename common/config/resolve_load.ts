import type { LoadPlan, PhasePlan, RatePoint } from "../model/run_config.ts";
import type { OptionValues } from "./option_table.ts";

/** Fewer requests than this tell nothing about a server, whatever else is asked for. */
const FEWEST_REQUESTS = 10;

/** The options of the load with what was read from the files they name. */
export interface LoadOptions {
  readonly values: OptionValues;
  /** The content of `--request-rate-series`; null when it is not given. */
  readonly rateSeries: readonly RatePoint[] | null;
}

/** The phases of a run in order: the warm-up, if one is asked for, and the profiling phase. */
export function resolvePhases(options: LoadOptions): PhasePlan[] {
  const profiling = profilingPhase(options);
  return hasWarmup(options.values) ? [warmupPhase(options, profiling), profiling] : [profiling];
}

/** Whether a warm-up is asked for. */
export function hasWarmup(values: OptionValues): boolean {
  const { warmupRequestCount, warmupDuration, numWarmupSessions } = values;
  return warmupRequestCount > 0 || warmupDuration !== null || numWarmupSessions !== null;
}

/** Whether the run ends with the last point of `--request-rate-series`, which then is its duration. */
export function endsWithSeries(values: OptionValues): boolean {
  return values.requestRateSeries !== null && !isBounded(values);
}

/** The pace of a warm-up: its own, or the run's where it has none. */
export function warmupPace(values: OptionValues) {
  return {
    concurrency: values.warmupConcurrency ?? values.concurrency,
    prefillConcurrency: values.warmupPrefillConcurrency ?? values.prefillConcurrency,
    ratePerSecond: values.warmupRequestRate ?? values.requestRate,
    pattern: values.warmupArrivalPattern ?? values.arrivalPattern,
  };
}

/** Whether a warm-up is the run's users, as it has no pace of its own. */
export function repeatsUsers(values: OptionValues): boolean {
  const { fixedSchedule, userCentricRate, warmupRequestRate, warmupConcurrency } = values;
  const hasUsers = userCentricRate !== null && !fixedSchedule;
  return hasUsers && warmupRequestRate === null && warmupConcurrency === null;
}

/** The most sessions that a load has at the same time; null: no limit. */
export function concurrencyOf(load: LoadPlan): number | null {
  switch (load.kind) {
    case "closed":
      return load.concurrency;
    case "user_centric":
      return load.users;
    default:
      return load.concurrencyCap;
  }
}

function profilingPhase(options: LoadOptions): PhasePlan {
  const { values } = options;
  const load = profilingLoad(options);
  const { prefillConcurrency: limit, failedRequestThreshold: ratio } = values;
  return {
    phase: "profiling",
    load,
    prefill: limit === null
      ? null
      : { limit, rampMs: milliseconds(values.prefillConcurrencyRampDuration) },
    cancellation: cancellation(values),
    ...profilingLimits(options, load),
    maxSessions: values.numSessions,
    failureLimit: ratio === null
      ? null
      : { ratio, armedAfter: Math.max(concurrencyOf(load) ?? 0, FEWEST_REQUESTS) },
  };
}

/** A trace comes before users, users before a rate, a rate before a closed loop. */
function profilingLoad({ values, rateSeries }: LoadOptions): LoadPlan {
  if (values.fixedSchedule) return fixedSchedule(values);
  const { userCentricRate, numUsers, requestRate, concurrency } = values;
  if (userCentricRate !== null && numUsers !== null) {
    return { kind: "user_centric", users: numUsers, ratePerSecond: userCentricRate };
  }
  const concurrencyRampMs = milliseconds(values.concurrencyRampDuration);
  const ratePerSecond = rateSeries === null ? requestRate : meanRate(rateSeries);
  if (ratePerSecond === null || values.arrivalPattern === "concurrency_burst") {
    return { kind: "closed", concurrency: concurrency ?? 1, concurrencyRampMs };
  }
  return {
    kind: "open",
    ratePerSecond,
    rateRampMs: milliseconds(values.requestRateRampDuration),
    rateSeries: rateSeries && [...rateSeries],
    arrivals: values.arrivalPattern,
    smoothness: values.arrivalSmoothness,
    concurrencyCap: concurrency,
    concurrencyRampMs,
  };
}

function fixedSchedule(values: OptionValues): LoadPlan {
  const { fixedScheduleAutoOffset, fixedScheduleStartOffset, fixedScheduleEndOffset } = values;
  return {
    kind: "fixed_schedule",
    originMs: fixedScheduleAutoOffset ? null : fixedScheduleStartOffset ?? 0,
    startMs: fixedScheduleStartOffset,
    endMs: fixedScheduleEndOffset,
    concurrencyCap: values.concurrency,
    concurrencyRampMs: milliseconds(values.concurrencyRampDuration),
  };
}

/**
 * Without any limit (the end of a data set that is not used again is one): a trace runs to its end, a series to its last point, and any other load makes
 * twice as many requests as it has slots, at least 10, so that each slot is used again.
 */
function profilingLimits({ values, rateSeries }: LoadOptions, load: LoadPlan) {
  const { requestCount, benchmarkDuration, benchmarkGracePeriod } = values;
  const seriesMs = endsWithSeries(values) ? rateSeries?.at(-1)?.atMs ?? null : null;
  const maxDurationMs = benchmarkDuration === null ? seriesMs : milliseconds(benchmarkDuration);
  const isEndless = !isBounded(values) && maxDurationMs === null && load.kind !== "fixed_schedule";
  const fewest = Math.max(FEWEST_REQUESTS, 2 * (concurrencyOf(load) ?? 0));
  return {
    maxRequests: requestCount ?? (isEndless ? fewest : null),
    maxDurationMs,
    graceMs: maxDurationMs === null ? null : finiteMilliseconds(benchmarkGracePeriod),
  };
}

function isBounded(values: OptionValues): boolean {
  const { requestCount, numSessions, benchmarkDuration, allowDatasetWrap } = values;
  return requestCount !== null || numSessions !== null || benchmarkDuration !== null ||
    !allowDatasetWrap;
}

function warmupPhase({ values }: LoadOptions, profiling: PhasePlan): PhasePlan {
  const { warmupRequestCount, warmupDuration, numWarmupSessions } = values;
  const limit = warmupPace(values).prefillConcurrency;
  return {
    phase: "warmup",
    load: warmupLoad(values, profiling.load),
    prefill: limit === null ? null : {
      limit,
      rampMs: milliseconds(
        values.warmupPrefillConcurrencyRampDuration ?? values.prefillConcurrencyRampDuration,
      ),
    },
    cancellation: null,
    maxRequests: warmupRequestCount > 0 ? warmupRequestCount : null,
    maxSessions: numWarmupSessions,
    maxDurationMs: warmupDuration === null ? null : milliseconds(warmupDuration),
    graceMs: warmupDuration === null ? null : finiteMilliseconds(values.warmupGracePeriod),
    failureLimit: null,
  };
}

/**
 * The load of the profiling phase, but for what the warm-up has of its own. A trace or a series is
 * not played twice: before it, a closed loop warms up.
 */
function warmupLoad(values: OptionValues, profiling: LoadPlan): LoadPlan {
  const { concurrency, ratePerSecond, pattern } = warmupPace(values);
  const concurrencyRampMs = milliseconds(
    values.warmupConcurrencyRampDuration ?? values.concurrencyRampDuration,
  );
  if (repeatsUsers(values)) return profiling;
  if (ratePerSecond === null || pattern === "concurrency_burst") {
    return { kind: "closed", concurrency: concurrency ?? 1, concurrencyRampMs };
  }
  return {
    kind: "open",
    ratePerSecond,
    rateRampMs: milliseconds(
      values.warmupRequestRateRampDuration ?? values.requestRateRampDuration,
    ),
    rateSeries: null,
    arrivals: pattern,
    smoothness: values.arrivalSmoothness,
    concurrencyCap: concurrency,
    concurrencyRampMs,
  };
}

function cancellation(values: OptionValues): PhasePlan["cancellation"] {
  const { requestCancellationRate, requestCancellationDelay } = values;
  if (requestCancellationRate === 0) return null;
  return {
    share: requestCancellationRate / 100,
    delayMs: milliseconds(requestCancellationDelay),
  };
}

/** Requests a second over the whole of a series. */
function meanRate(points: readonly RatePoint[]): number {
  const areas = points.slice(1).map((point, i) => {
    const { atMs, ratePerSecond } = points[i]!;
    return (point.atMs - atMs) * (ratePerSecond + point.ratePerSecond) / 2;
  });
  return areas.reduce((sum, area) => sum + area, 0) / points.at(-1)!.atMs;
}

function milliseconds(seconds: number | null): number {
  return (seconds ?? 0) * 1000;
}

/** null for ever. */
function finiteMilliseconds(seconds: number): number | null {
  return seconds === Infinity ? null : milliseconds(seconds);
}
