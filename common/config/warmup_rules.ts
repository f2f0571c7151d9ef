import { flagOf, type OptionKey, type OptionValues } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import { hasWarmup, repeatsUsers, warmupPace } from "./resolve_load.ts";
import {
  type Candidate,
  type Dependence,
  hasEffectOnly,
  isDeliberate,
  nameOf,
  needs,
  problem,
  type Rule,
} from "./rule.ts";

const TRIGGERS: readonly OptionKey[] = [
  "warmupRequestCount",
  "warmupDuration",
  "numWarmupSessions",
];

const DETAILS: readonly OptionKey[] = [
  "warmupConcurrency",
  "warmupConcurrencyRampDuration",
  "warmupPrefillConcurrency",
  "warmupPrefillConcurrencyRampDuration",
  "warmupRequestRate",
  "warmupRequestRateRampDuration",
  "warmupArrivalPattern",
];

/** What decides whether a warm-up sends at a rate. */
const PACE: readonly OptionKey[] = [
  "warmupRequestRate",
  "requestRate",
  "warmupArrivalPattern",
  "arrivalPattern",
];

/** What decides whether the run has users. */
const USERS: readonly OptionKey[] = ["userCentricRate", "fixedSchedule"];

/** A ramp of the warm-up, that of the run which it stands for, and what both depend on. */
interface Ramp extends Dependence {
  readonly own: OptionKey;
  readonly ofRun: OptionKey;
}

const RAMPS: readonly Ramp[] = [
  {
    own: "warmupConcurrencyRampDuration",
    ofRun: "concurrencyRampDuration",
    when: (values) => warmupPace(values).concurrency !== null && !repeatsUsers(values),
    about: ["warmupConcurrency", "concurrency", ...USERS, "warmupRequestRate"],
    otherwise: "without --warmup-concurrency or --concurrency",
  },
  {
    own: "warmupPrefillConcurrencyRampDuration",
    ofRun: "prefillConcurrencyRampDuration",
    when: (values) => warmupPace(values).prefillConcurrency !== null,
    about: ["warmupPrefillConcurrency", "prefillConcurrency"],
    otherwise: "without --warmup-prefill-concurrency or --prefill-concurrency",
  },
  {
    own: "warmupRequestRateRampDuration",
    ofRun: "requestRateRampDuration",
    when: (values) =>
      warmupPace(values).ratePerSecond !== null && !isBurst(values) && !repeatsUsers(values),
    about: [...PACE, ...USERS, "warmupConcurrency"],
    otherwise: "where the warm-up has no rate",
  },
];

/** What must hold between the options of the warm-up, and between them and those of the load. */
export const WARMUP_RULES: readonly Rule[] = [
  needs("warmupGracePeriod", "warmupDuration", (values) => values.warmupDuration !== null),
  ...DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: hasWarmup,
      about: TRIGGERS,
      otherwise: "without --warmup-request-count, --warmup-duration or --num-warmup-sessions",
    })
  ),
  ...RAMPS.flatMap((ramp) => [inWarmup(ramp.own, ramp), inheritedFits(ramp)]),
  inWarmup("warmupArrivalPattern", {
    when: (values) => warmupPace(values).ratePerSecond !== null || isBurst(values),
    about: PACE,
    otherwise: "without --warmup-request-rate or --request-rate",
  }),
  { about: [...PACE, ...TRIGGERS, "concurrency", "warmupConcurrency"], check: checkBurst },
];

/** `hasEffectOnly` where there is a warm-up; without one, that is what there is to say. */
function inWarmup(key: OptionKey, { when, about, otherwise }: Parameters<typeof hasEffectOnly>[1]) {
  return hasEffectOnly(key, {
    when: (values) => !hasWarmup(values) || when(values),
    about: [...about, ...TRIGGERS],
    otherwise,
  });
}

/** A ramp that a warm-up has from the run would be cut short by a shorter duration. */
function inheritedFits({ own, ofRun, when, about }: Ramp): Rule {
  return {
    about: [own, ofRun, "warmupDuration", ...about],
    check: (candidate) => {
      const { values } = candidate;
      const rampS = values[ofRun] as number | null;
      const durationS = values.warmupDuration;
      if (values[own] !== null || rampS === null || durationS === null) return [];
      if (rampS <= durationS || !when(values)) return [];
      const limit = `${nameOf(candidate, "warmupDuration")} (${durationS})`;
      const message = `is that of the warm-up, too, and must be at most ${limit}, got ${rampS}; ` +
        `or give ${flagOf(own, "profile")}, 0 for none`;
      return [problem(candidate, ofRun, message)];
    },
  };
}

function isBurst(values: OptionValues): boolean {
  return warmupPace(values).pattern === "concurrency_burst";
}

/** A warm-up in bursts has a concurrency, and no rate of its own. */
function checkBurst(candidate: Candidate): Problem[] {
  const { values } = candidate;
  if (!hasWarmup(values) || !isBurst(values)) return [];
  if (values.warmupRequestRate !== null && isDeliberate(candidate, "warmupRequestRate")) {
    const key = values.warmupArrivalPattern === null ? "arrivalPattern" : "warmupArrivalPattern";
    const message = `contradicts ${nameOf(candidate, key)} concurrency_burst`;
    return [problem(candidate, "warmupRequestRate", message)];
  }
  if (values.warmupArrivalPattern === null || warmupPace(values).concurrency !== null) return [];
  const message = "concurrency_burst needs --warmup-concurrency or --concurrency";
  return [problem(candidate, "warmupArrivalPattern", message)];
}
