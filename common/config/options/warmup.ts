import { option } from "../option.ts";
import { choice, decimal, decimalOrInfinity, integer } from "../value_type.ts";
import { ARRIVAL_PATTERNS } from "./load.ts";

/** What is sent before the part of the run that counts. */
export const WARMUP_OPTIONS = {
  warmupRequestCount: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "loadgen.warmup_request_count",
    aliases: ["--num-warmup-requests"],
    help: "Requests to send first, under the same load, that are left out of the results.",
  }),
  numWarmupSessions: option({
    type: integer({ min: 1 }),
    default: null,
    path: "loadgen.num_warmup_sessions",
    help: "Warm up with so many conversations, all their turns included.",
  }),
  warmupDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.warmup_duration",
    unit: "seconds",
    help: "Warm up for so long; of several limits the first to be reached counts.",
  }),
  warmupGracePeriod: option({
    type: decimalOrInfinity({ min: 0 }),
    default: Infinity,
    path: "loadgen.warmup_grace_period",
    unit: "seconds",
    help: "How long requests in flight may go on after --warmup-duration; inf waits for all.",
  }),
  warmupConcurrency: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "that of --concurrency",
    path: "loadgen.warmup_concurrency",
    help: "The concurrency of the warm-up.",
  }),
  warmupConcurrencyRampDuration: option({
    type: decimal({ min: 0 }),
    default: null,
    defaultNote: "that of --concurrency-ramp-duration",
    path: "loadgen.warmup_concurrency_ramp_duration",
    unit: "seconds",
    help: "Let the concurrency of the warm-up grow from 1 over so long; 0: no ramp.",
  }),
  warmupPrefillConcurrency: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "that of --prefill-concurrency",
    path: "loadgen.warmup_prefill_concurrency",
    help: "The most requests of the warm-up that have no first token yet; needs --streaming.",
  }),
  warmupPrefillConcurrencyRampDuration: option({
    type: decimal({ min: 0 }),
    default: null,
    defaultNote: "that of --prefill-concurrency-ramp-duration",
    path: "loadgen.warmup_prefill_concurrency_ramp_duration",
    unit: "seconds",
    help: "Let the prefill concurrency of the warm-up grow from 1 over so long; 0: no ramp.",
  }),
  warmupRequestRate: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    defaultNote: "that of --request-rate",
    path: "loadgen.warmup_request_rate",
    unit: "requests/s",
    help: "The rate of the warm-up.",
  }),
  warmupRequestRateRampDuration: option({
    type: decimal({ min: 0 }),
    default: null,
    defaultNote: "that of --request-rate-ramp-duration",
    path: "loadgen.warmup_request_rate_ramp_duration",
    unit: "seconds",
    help: "Let the rate of the warm-up grow from 0 over so long; 0: no ramp.",
  }),
  warmupArrivalPattern: option({
    type: choice(ARRIVAL_PATTERNS),
    default: null,
    defaultNote: "that of --arrival-pattern",
    path: "loadgen.warmup_arrival_pattern",
    help: "How the requests of the warm-up are spread over time.",
  }),
};
