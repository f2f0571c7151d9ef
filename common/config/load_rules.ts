import type { OptionKey, OptionValues } from "./option_table.ts";
import { type Problem, quote } from "./problem.ts";
import { endsWithSeries } from "./resolve_load.ts";
import {
  type Candidate,
  hasEffectOnly,
  isDeliberate,
  nameOf,
  needs,
  problem,
  type Rule,
  type RuleContext,
} from "./rule.ts";
import { UNTIMED_FORMATS } from "./trace_default.ts";

/** What sets the pace of the requests, the strongest first; two of them contradict each other. */
const PACES: readonly OptionKey[] = [
  "fixedSchedule",
  "userCentricRate",
  "requestRateSeries",
  "requestRate",
];

const FIXED_SCHEDULE_DETAILS: readonly OptionKey[] = [
  "fixedScheduleAutoOffset",
  "fixedScheduleStartOffset",
  "fixedScheduleEndOffset",
];

/** Each ramp and the duration that it must fit into. */
const RAMPS: readonly (readonly [OptionKey, OptionKey])[] = [
  ["concurrencyRampDuration", "benchmarkDuration"],
  ["prefillConcurrencyRampDuration", "benchmarkDuration"],
  ["requestRateRampDuration", "benchmarkDuration"],
  ["warmupConcurrencyRampDuration", "warmupDuration"],
  ["warmupPrefillConcurrencyRampDuration", "warmupDuration"],
  ["warmupRequestRateRampDuration", "warmupDuration"],
];

const RATE_RAMP: readonly OptionKey[] = ["requestRate", "requestRateRampDuration"];

/** What must hold between the options of the load. */
export const LOAD_RULES: readonly Rule[] = [
  ...PACES.slice(1).map(contradictsStrongerPace),
  { about: ["concurrency", "userCentricRate"], check: checkUserConcurrency },
  { about: ["userCentricRate", "numUsers"], check: checkUsers },
  needs("numUsers", "userCentricRate", (values) => values.userCentricRate !== null),
  { about: ["fixedSchedule", "inputFile", "customDatasetType"], check: checkTimestamps },
  ...FIXED_SCHEDULE_DETAILS.map((key) => needs(key, "fixedSchedule", (v) => v.fixedSchedule)),
  { about: FIXED_SCHEDULE_DETAILS, check: checkOffsets },
  { about: ["arrivalPattern", "concurrency", ...PACES], check: checkArrivalPattern },
  hasEffectOnly("arrivalSmoothness", {
    when: (values) => values.arrivalPattern === "gamma" || values.warmupArrivalPattern === "gamma",
    about: ["arrivalPattern", "warmupArrivalPattern"],
    otherwise: "without --arrival-pattern gamma",
  }),
  needs("concurrencyRampDuration", "concurrency", (values) => values.concurrency !== null),
  needs(
    "prefillConcurrencyRampDuration",
    "prefillConcurrency",
    (values) => values.prefillConcurrency !== null,
  ),
  needs("requestRateRampDuration", "requestRate", (values) => values.requestRate !== null),
  ...RAMPS.map(([ramp, duration]) => fitsInto(ramp, duration)),
  {
    about: [...RATE_RAMP, "requestCount", "numSessions", "allowDatasetWrap"],
    check: checkEnoughForRamp,
  },
  fitsIntoSeries("concurrencyRampDuration"),
  fitsIntoSeries("prefillConcurrencyRampDuration"),
  ...(["prefillConcurrency", "warmupPrefillConcurrency"] as const).flatMap((key) => [
    prefillNeedsStreaming(key),
    prefillHasEffect(key),
  ]),
  hasEffectOnly("benchmarkGracePeriod", {
    when: (values) => values.benchmarkDuration !== null || endsWithSeries(values),
    about: ["benchmarkDuration", "requestRateSeries", "requestCount", "numSessions"],
    otherwise: "without --benchmark-duration",
  }),
  {
    about: ["requestCount", "numSessions", "concurrency", ...PACES],
    check: checkEnoughForConcurrency,
  },
  hasEffectOnly("requestCancellationDelay", {
    when: (values) => values.requestCancellationRate > 0,
    about: ["requestCancellationRate"],
    otherwise: "without --request-cancellation-rate above 0",
  }),
];

type PrefillKey = "prefillConcurrency" | "warmupPrefillConcurrency";

function isPaced(values: OptionValues): boolean {
  return PACES.some((key) => isSet(values, key));
}

function isSet(values: OptionValues, key: OptionKey): boolean {
  return values[key] !== null && values[key] !== false;
}

function contradictsStrongerPace(key: OptionKey): Rule {
  const stronger = PACES.slice(0, PACES.indexOf(key));
  return {
    about: [key, ...stronger],
    check: (candidate) => {
      const other = stronger.find((pace) => isSet(candidate.values, pace));
      if (other === undefined || !isDeliberate(candidate, key)) return [];
      const message = `contradicts ${nameOf(candidate, other)}, which sets the pace too`;
      return [problem(candidate, key, message)];
    },
  };
}

function checkUserConcurrency(candidate: Candidate): Problem[] {
  if (candidate.values.userCentricRate === null) return [];
  if (!isDeliberate(candidate, "concurrency")) return [];
  const rate = nameOf(candidate, "userCentricRate");
  return [problem(candidate, "concurrency", `contradicts ${rate}; say how many by --num-users`)];
}

function checkUsers(candidate: Candidate): Problem[] {
  const { userCentricRate, numUsers } = candidate.values;
  if (userCentricRate === null || numUsers !== null) return [];
  return [problem(candidate, "userCentricRate", "needs --num-users")];
}

/** What the first line does not say is found out when the file is read. */
function checkTimestamps(candidate: Candidate, { inputTimes }: RuleContext): Problem[] {
  const { fixedSchedule, inputFile, customDatasetType } = candidate.values;
  if (!fixedSchedule) return [];
  const complain = (message: string) => [problem(candidate, "fixedSchedule", message)];
  if (inputFile === null) return complain("needs --input-file with timestamps");
  if (inputTimes !== "untimed") return [];
  const isUntimed = UNTIMED_FORMATS.includes(customDatasetType);
  const what = isUntimed ? customDatasetType : `the first line of ${quote(inputFile)}`;
  return complain(`needs timestamps; ${what} has none`);
}

function checkOffsets(candidate: Candidate): Problem[] {
  const { fixedScheduleStartOffset: start, fixedScheduleEndOffset: end } = candidate.values;
  const problems: Problem[] = [];
  if (candidate.values.fixedScheduleAutoOffset && start !== null) {
    const other = nameOf(candidate, "fixedScheduleAutoOffset");
    problems.push(problem(candidate, "fixedScheduleStartOffset", `contradicts ${other}`));
  }
  if (start !== null && end !== null && end < start) {
    const message = `must be at least the start offset (${start}), got ${end}`;
    problems.push(problem(candidate, "fixedScheduleEndOffset", message));
  }
  return problems;
}

function checkArrivalPattern(candidate: Candidate): Problem[] {
  const { values } = candidate;
  const { arrivalPattern, requestRate, requestRateSeries, concurrency } = values;
  if (!isDeliberate(candidate, "arrivalPattern")) return [];
  const hasRate = requestRate !== null || requestRateSeries !== null;
  if (arrivalPattern !== "concurrency_burst") {
    if (hasRate || values.warmupRequestRate !== null) return [];
    return [problem(candidate, "arrivalPattern", "has no effect without --request-rate")];
  }
  const pace = PACES.find((key) => isSet(values, key));
  if (pace !== undefined) {
    const message = `concurrency_burst contradicts ${nameOf(candidate, pace)}`;
    return [problem(candidate, "arrivalPattern", message)];
  }
  if (concurrency !== null) return [];
  return [problem(candidate, "arrivalPattern", "concurrency_burst needs --concurrency")];
}

function fitsInto(ramp: OptionKey, duration: OptionKey): Rule {
  return {
    about: [ramp, duration],
    check: (candidate) => {
      const rampS = candidate.values[ramp] as number | null;
      const durationS = candidate.values[duration] as number | null;
      if (rampS === null || durationS === null || rampS <= durationS) return [];
      const limit = `${nameOf(candidate, duration)} (${durationS})`;
      return [problem(candidate, ramp, `must be at most ${limit}, got ${rampS}`)];
    },
  };
}

/** A run that ends with its series of rates has that as its duration. */
function fitsIntoSeries(ramp: OptionKey): Rule {
  return {
    about: [ramp, "requestRateSeries", "requestCount", "numSessions", "benchmarkDuration"],
    check: (candidate, { rateSeries }) => {
      const rampS = candidate.values[ramp] as number | null;
      if (rampS === null || rateSeries === null || !endsWithSeries(candidate.values)) return [];
      const endS = rateSeries.at(-1)!.atMs / 1000;
      if (rampS <= endS) return [];
      const limit = `the length of ${nameOf(candidate, "requestRateSeries")} (${endS})`;
      return [problem(candidate, ramp, `must be at most ${limit}, got ${rampS}`)];
    },
  };
}

/**
 * A ramp to a rate R over T has R·T/2 requests: with no more than those, of which request n is due at
 * T·√(2(n − 1)/(R·T)), the rate is never there. Only where conversations run out it may take longer.
 */
function checkEnoughForRamp(candidate: Candidate): Problem[] {
  const { requestRate, requestRateRampDuration: rampS, requestCount, ...others } = candidate.values;
  if (requestRate === null || rampS === null || requestCount === null) return [];
  const ofRamp = requestRate * rampS / 2;
  const canRunOut = others.numSessions !== null || !others.allowDatasetWrap;
  if (requestCount > ofRamp || canRunOut) return [];
  const lastS = rampS * Math.sqrt((requestCount - 1) / ofRamp);
  const message = `must end before the run does: the ${requestCount} requests of ` +
    `${nameOf(candidate, "requestCount")} are due within about ${
      lastS.toPrecision(2)
    } s of a ramp ` +
    `to ${nameOf(candidate, "requestRate")} (${requestRate}), got ${rampS}`;
  return [problem(candidate, "requestRateRampDuration", message)];
}

/** A limit on requests without a first token needs first tokens. */
function prefillNeedsStreaming(key: PrefillKey): Rule {
  return {
    about: [key, "streaming"],
    check: (candidate) => {
      const { values } = candidate;
      if (values[key] === null || !isDeliberate(candidate, key) || values.streaming) return [];
      return [problem(candidate, key, "needs --streaming")];
    },
  };
}

/** It also needs other requests that it can hold back. */
function prefillHasEffect(key: PrefillKey): Rule {
  return {
    about: [key, "streaming", "concurrency", "warmupConcurrency", ...PACES],
    check: (candidate) => {
      const { values } = candidate;
      const limit = values[key];
      if (limit === null || !isDeliberate(candidate, key) || !values.streaming) return [];
      const concurrency = key === "prefillConcurrency"
        ? values.concurrency
        : values.warmupConcurrency ?? values.concurrency;
      if (concurrency === null) {
        if (isPaced(values)) return [];
        return [problem(candidate, key, "has no effect without --concurrency or a rate")];
      }
      if (limit <= concurrency) return [];
      const message = `must be at most the concurrency (${concurrency}), got ${limit}`;
      return [problem(candidate, key, message)];
    },
  };
}

/** In a closed loop, fewer requests than slots would never reach the concurrency asked for. */
function checkEnoughForConcurrency(candidate: Candidate): Problem[] {
  const { values } = candidate;
  const { concurrency } = values;
  if (concurrency === null || isPaced(values)) return [];
  return (["requestCount", "numSessions"] as const).flatMap((key) => {
    const count = values[key];
    if (count === null || count >= concurrency) return [];
    const message = `must be at least the concurrency (${concurrency}), got ${count}`;
    return [problem(candidate, key, message)];
  });
}
