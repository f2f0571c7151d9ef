import type { OptionKey, OptionValues } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import { hasWarmup, warmupPace } from "./resolve_load.ts";
import {
  type Candidate,
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
  inWarmup("warmupConcurrencyRampDuration", {
    when: (values) => warmupPace(values).concurrency !== null,
    about: ["warmupConcurrency", "concurrency"],
    otherwise: "without --warmup-concurrency or --concurrency",
  }),
  inWarmup("warmupPrefillConcurrencyRampDuration", {
    when: (values) => warmupPace(values).prefillConcurrency !== null,
    about: ["warmupPrefillConcurrency", "prefillConcurrency"],
    otherwise: "without --warmup-prefill-concurrency or --prefill-concurrency",
  }),
  inWarmup("warmupRequestRateRampDuration", {
    when: (values) => warmupPace(values).ratePerSecond !== null && !isBurst(values),
    about: PACE,
    otherwise: "where the warm-up has no rate",
  }),
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
