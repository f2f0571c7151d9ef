import { option } from "../option.ts";
import { choice, decimal, decimalOrInfinity, integer } from "../value_type.ts";

/** How much is sent, when, and for how long. */
export const LOAD_OPTIONS = {
  concurrency: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "1, or no limit with --request-rate",
    path: "loadgen.concurrency",
    help:
      "Requests in flight at the same time; together with --request-rate the most that may be in flight.",
  }),
  requestRate: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.request_rate",
    unit: "requests/s",
    help: "Send at this mean rate, however long the answers take.",
  }),
  arrivalPattern: option({
    type: choice(["constant", "poisson"]),
    default: "poisson",
    path: "loadgen.arrival_pattern",
    aliases: ["--request-rate-mode"],
    help: "How the requests of --request-rate are spread over time.",
  }),
  requestCount: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "twice the concurrency, at least 10; no limit with --benchmark-duration",
    path: "loadgen.request_count",
    aliases: ["--num-requests"],
    help: "Stop after so many requests.",
  }),
  benchmarkDuration: option({
    type: decimal({ min: 0, above: true }),
    default: null,
    path: "loadgen.benchmark_duration",
    unit: "seconds",
    help: "Stop sending after so long; with --request-count, whichever comes first.",
  }),
  benchmarkGracePeriod: option({
    type: decimalOrInfinity({ min: 0 }),
    default: 30,
    path: "loadgen.benchmark_grace_period",
    unit: "seconds",
    help: "How long requests in flight may go on after --benchmark-duration; inf waits for all.",
  }),
  warmupRequestCount: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "loadgen.warmup_request_count",
    aliases: ["--num-warmup-requests"],
    help: "Requests to send first, under the same load, that are left out of the results.",
  }),
};
