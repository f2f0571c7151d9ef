import { option } from "../option.ts";
import { choice, decimal, decimalOrInfinity, integer, text, toggle } from "../value_type.ts";

/** How requests of a rate may arrive; `concurrency_burst` is a closed loop. */
export const ARRIVAL_PATTERNS = ["constant", "poisson", "gamma", "concurrency_burst"] as const;

/** How much is sent, when, and for how long. */
export const LOAD_OPTIONS = {
  concurrency: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "1, or no limit with a rate or a trace",
    path: "loadgen.concurrency",
    help:
      "Conversations that go on at the same time, which of single-turn prompts is requests in flight; with a rate or a trace the most that may.",
  }),
  concurrencyRampDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.concurrency_ramp_duration",
    unit: "seconds",
    help: "Let the concurrency grow from 1 to its full height over so long, in even steps.",
  }),
  prefillConcurrency: option({
    type: integer({ min: 1 }),
    default: null,
    path: "loadgen.prefill_concurrency",
    help: "The most requests in flight that have no first token yet; needs --streaming.",
  }),
  prefillConcurrencyRampDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.prefill_concurrency_ramp_duration",
    unit: "seconds",
    help: "Let --prefill-concurrency grow from 1 to its full height over so long, in even steps.",
  }),
  requestRate: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.request_rate",
    unit: "requests/s",
    help: "Send at this mean rate, however long the answers take.",
  }),
  requestRateRampDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.request_rate_ramp_duration",
    unit: "seconds",
    help: "Let the rate grow from 0 to --request-rate over so long, in a straight line.",
  }),
  requestRateSeries: option({
    type: text("FILE"),
    default: null,
    path: "loadgen.request_rate_series",
    help:
      'Send at a rate that changes over time, in straight lines between the points of this file: lines of seconds,rate or JSON such as {"points":[{"time_s":0,"qps":5}]}.',
  }),
  arrivalPattern: option({
    type: choice(ARRIVAL_PATTERNS),
    default: "poisson",
    path: "loadgen.arrival_pattern",
    aliases: ["--request-rate-mode"],
    help:
      "How the requests of a rate are spread over time; concurrency_burst is for --concurrency alone and sends as soon as a slot is free.",
  }),
  arrivalSmoothness: option({
    type: decimal({ min: 0, above: true }),
    default: 1,
    path: "loadgen.arrival_smoothness",
    aliases: ["--vllm-burstiness"],
    help:
      "Shape of the gaps of --arrival-pattern gamma: 1 is Poisson, below 1 the requests come in bursts, above 1 more evenly.",
  }),
  fixedSchedule: option({
    type: toggle(),
    default: false,
    defaultNote: "true with an --input-file that has timestamps, unless another pace is set",
    path: "input.fixed_schedule.enabled",
    help: "Send each conversation at the timestamp that the input file has for it.",
  }),
  fixedScheduleAutoOffset: option({
    type: toggle(),
    default: false,
    path: "input.fixed_schedule.auto_offset",
    help: "Start --fixed-schedule with the first timestamp of the file rather than with 0.",
  }),
  fixedScheduleStartOffset: option({
    type: integer({ min: 0 }),
    default: null,
    path: "input.fixed_schedule.start_offset",
    unit: "ms",
    help: "Start --fixed-schedule at this timestamp and leave out what comes before it.",
  }),
  fixedScheduleEndOffset: option({
    type: integer({ min: 0 }),
    default: null,
    path: "input.fixed_schedule.end_offset",
    unit: "ms",
    help: "Leave out the conversations of --fixed-schedule that start after this timestamp.",
  }),
  userCentricRate: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.user_centric_rate",
    unit: "requests/s",
    help:
      "Send at this rate as --num-users users who take turns: each has one every users/rate seconds, and who has finished is replaced by the next. The first users begin with a first turn, too, but have only a part of their turns left.",
  }),
  numUsers: option({
    type: integer({ min: 1 }),
    default: null,
    path: "loadgen.num_users",
    help:
      "How many users take turns with --user-centric-rate; while answers are slow there may be more, as the next one does not wait for the last answer.",
  }),
  requestCount: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "twice the concurrency, at least 10; no limit with another limit or a trace",
    path: "loadgen.request_count",
    aliases: ["--num-requests"],
    help: "Stop after so many requests; every turn of a conversation is one.",
  }),
  numSessions: option({
    type: integer({ min: 1 }),
    default: null,
    path: "input.conversation.num",
    aliases: ["--conversation-num", "--num-conversations"],
    help:
      "Stop when so many conversations have been held, with all their turns; those of the first users of --user-centric-rate have fewer.",
  }),
  benchmarkDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.benchmark_duration",
    unit: "seconds",
    help: "Stop sending after so long; of several limits the first to be reached counts.",
  }),
  benchmarkGracePeriod: option({
    type: decimalOrInfinity({ min: 0 }),
    default: 30,
    path: "loadgen.benchmark_grace_period",
    unit: "seconds",
    help:
      "How long requests in flight may go on after --benchmark-duration, or after a --request-rate-series that ends the run; inf waits for all.",
  }),
  failedRequestThreshold: option({
    type: decimal({ min: 0, max: 1 }),
    default: null,
    path: "loadgen.failed_request_threshold",
    help:
      "End the run, with exit code 1, when more than this part of the requests has failed; checked from the 10th request on, or when each slot has been used, and at the end.",
  }),
  requestCancellationRate: option({
    type: decimal({ min: 0, max: 100 }),
    default: 0,
    path: "loadgen.request_cancellation_rate",
    help:
      "The percentage of requests to cut off before their answer is complete, chosen by chance.",
  }),
  requestCancellationDelay: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "loadgen.request_cancellation_delay",
    unit: "seconds",
    help:
      "How long after they were sent in full the requests of --request-cancellation-rate are cut off.",
  }),
};
