import type { LatenessReport, WorkerReport } from "../../../common/model/instrument.ts";
import type { Finding, VerdictFacts } from "./finding.ts";
import {
  FEWEST_FOR_MEDIAN,
  FEWEST_FOR_P99,
  FEWEST_LAG_SAMPLES,
  FINEST_GAP_MS,
  HARMLESS_LAG_MS,
  judge,
  KS_SIGNIFICANCE,
  LONG_LAG_WATCH_MS,
  RATE_SIGNIFICANCE,
  SHORTEST_CPU_MS,
  SHORTEST_STEADY_MS,
  type Threshold,
  THRESHOLDS,
} from "./thresholds.ts";

/** A look at one side of the instrument. */
export type Check = (facts: VerdictFacts) => Finding[];

/** Everything that a result is checked for. */
export const CHECKS: readonly Check[] = [
  successes,
  missingRecords,
  clientLimits,
  workersBusy,
  eventLoopLag,
  pacersBusy,
  scheduleLateness,
  rateKept,
  rateAsked,
  arrivalPattern,
  concurrencyKept,
  machineBusy,
  stolenTime,
];

function successes({ succeeded, lateness }: VerdictFacts): Finding[] {
  const text = lateness === null
    ? "No request was sent: there is nothing to judge. See logs/aiperf.log."
    : "No request succeeded: there is nothing to judge. See the errors and logs/aiperf.log.";
  return [reason(THRESHOLDS.successes, succeeded, text)];
}

function missingRecords({ missing }: VerdictFacts): Finding[] {
  const text = `${requests(missing)} got lost or left no record: the results are not complete. ` +
    "See logs/aiperf.log.";
  return [reason(THRESHOLDS.missingRecords, missing, text)];
}

function clientLimits({ outOfPorts, outOfFiles, lateness }: VerdictFacts): Finding[] {
  const failed = outOfPorts + outOfFiles;
  const share = percent(failed, lateness?.requests ?? failed);
  const what = [
    outOfPorts > 0 && `no free port (${outOfPorts})`,
    outOfFiles > 0 && `no free file handle (${outOfFiles})`,
  ].filter((part) => part !== false).join(" and ");
  const text =
    `${requests(failed)} failed because this machine had ${what}: the server never saw ` +
    "them. " +
    (outOfFiles > 0
      ? "Raise the limit with ulimit -n"
      : "Use a lower --concurrency or several of --local-address") +
    ", or send from several machines.";
  return [
    worse(
      reason(THRESHOLDS.clientLimitsShare, share, text),
      reason(THRESHOLDS.clientLimits, failed, text),
    ),
  ];
}

function workersBusy(facts: VerdictFacts): Finding[] {
  if (!facts.isHealthKnown) return [];
  const shares = facts.workers.map(cpuPercent).filter((share) => share !== null);
  if (shares.length === 0) return [{ unjudged: "the CPU time of the workers" }];
  const busiest = Math.max(...shares);
  const threshold = THRESHOLDS.workerBusy;
  const busy = shares.filter((share) => judge(share, threshold) !== "VALID").length;
  const lagMs = worstLag(facts.workers)?.lagMs ?? 0;
  const error = lagMs > 0
    ? `${facts.median?.name ?? "latencies"} may be up to ${ms(lagMs)} too high`
    : "what arrives waits until a worker has time for it";
  const text =
    `${busy} of ${count(facts.workers.length, "worker")} ${busy === 1 ? "was" : "were"} ` +
    `${busiest.toFixed(0)} % busy; ${error}: ${moreWorkers(facts)}.`;
  return [reason(threshold, busiest, text)];
}

function eventLoopLag(facts: VerdictFacts): Finding[] {
  if (!facts.isHealthKnown) return [];
  const worst = worstLag(facts.workers);
  if (worst === null) return [{ unjudged: "the event loops of the workers" }];
  const { median } = facts;
  const share = median === null || worst.lagMs < HARMLESS_LAG_MS
    ? 0
    : percent(worst.lagMs, median.ms);
  const compared = median === null ? "" : `, ${share.toFixed(0)} % of the median ${median.name}`;
  const text = `The event loop of ${worst.workerId} was up to ${ms(worst.lagMs)} late (p99)` +
    `${
      share > 0 ? compared : ""
    }: single latencies may be that much too high. Keep other programs ` +
    `off this machine, or ${moreWorkers(facts)}.`;
  return [
    worse(
      reason(THRESHOLDS.lagShare, share, text),
      reason(THRESHOLDS.eventLoopLag, worst.lagMs, text),
    ),
  ];
}

function pacersBusy({ processes }: VerdictFacts): Finding[] {
  return processes
    .filter(({ serviceType }) =>
      serviceType === "timing_manager" || serviceType === "worker_manager"
    )
    .filter(({ cpuShare, watchedMs }) => cpuShare !== null && watchedMs >= SHORTEST_CPU_MS)
    .map(({ serviceType, cpuShare }) => {
      const share = cpuShare! * 100;
      const text =
        `The ${serviceType.replace("_", " ")} was ${share.toFixed(0)} % busy: requests ` +
        "may leave late. Use a lower rate, or several machines.";
      return reason(THRESHOLDS.pacerBusy, share, text);
    });
}

function scheduleLateness(facts: VerdictFacts): Finding[] {
  const { lateness, arrivals } = facts;
  const judged = lateness?.judged ?? null;
  if (judged === null || judged.requests < FEWEST_FOR_MEDIAN) {
    return [{ unjudged: "how late requests left" }];
  }
  const hasP99 = judged.requests >= FEWEST_FOR_P99;
  const lateMs = hasP99 ? judged.p99Ms : judged.p50Ms;
  const since = arrivals.pattern === "concurrency" ? "their slot was free" : "they were due";
  const text =
    `Requests left ${hasP99 ? "up to " : ""}${ms(lateMs)} (${hasP99 ? "p99" : "median"}) ` +
    `after ${since}, most of it ${largestPart(lateness!.latest)}: the server's load ` +
    `was not quite the one asked for. Keep other programs off this machine, or ` +
    `${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.scheduleLateness, lateMs, text)];
}

function rateKept(facts: VerdictFacts): Finding[] {
  const { pattern, wasCapped, scheduled, sent } = facts.arrivals;
  if (pattern === "concurrency" || wasCapped) return [];
  const { ratePerSecond: planned } = scheduled;
  const { ratePerSecond: actual } = sent;
  if (planned === null || actual === null) return [{ unjudged: "the rate" }];
  const lastsMs = (sent.count - 1) / planned * 1000;
  if (sent.count < FEWEST_FOR_P99 || lastsMs < SHORTEST_STEADY_MS) {
    return [{ unjudged: "the rate" }];
  }
  const share = percent(actual, planned);
  const text = `Requests were sent at ${actual.toFixed(1)}/s where ${planned.toFixed(1)}/s were ` +
    `scheduled (${share.toFixed(1)} %): this machine cannot keep the rate. Use a lower rate, or ` +
    `${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.rateKept, share, text)];
}

/** Whether the schedule itself had the rate asked for: it has not where nothing was there to send. */
function rateAsked({ arrivals, gapShape }: VerdictFacts): Finding[] {
  const { pattern, wasCapped, askedRatePerSecond: asked, scheduled } = arrivals;
  const { ratePerSecond: planned, count } = scheduled;
  if (asked === null || planned === null || wasCapped || count < FEWEST_FOR_P99) return [];
  // A random pattern has less than its rate by chance, too: in standard errors of the mean gap.
  const standardError = gapShape === null ? 0 : 1 / Math.sqrt(count * gapShape);
  if (asked / planned - 1 <= RATE_SIGNIFICANCE * standardError) return [];
  const share = percent(planned, asked);
  const [why, remedy] = pattern === "user_centric"
    ? ["answers took longer than the pauses of the users, or failed", "--num-users"]
    : ["there were not always conversations with a turn ready", "--num-sessions"];
  const text = `Requests were due at ${planned.toFixed(1)}/s where ${asked.toFixed(1)}/s were ` +
    `asked for (${share.toFixed(1)} %): ${why}. Use a lower rate or more ${remedy}.`;
  return [reason(THRESHOLDS.rateAsked, share, text)];
}

function arrivalPattern({ arrivals }: VerdictFacts): Finding[] {
  const { sent, scheduled, pattern, askedRatePerSecond, wasCapped } = arrivals;
  if (sent.ks === null || wasCapped || askedRatePerSecond === null) return [];
  if (1000 / askedRatePerSecond < FINEST_GAP_MS) return [];
  if (sent.count < FEWEST_FOR_P99) return [{ unjudged: "the pattern of the arrivals" }];
  const { distance, pValue } = sent.ks;
  if (pValue >= KS_SIGNIFICANCE) return [];
  // Then requests left when they were due, and it is no lateness that makes the difference.
  if (scheduled.ks !== null && scheduled.ks.pValue < KS_SIGNIFICANCE) return [];
  const text = `The pauses between requests are not the ${pattern} ones asked for ` +
    `(Kolmogorov–Smirnov distance ${distance.toFixed(2)}, p below ${KS_SIGNIFICANCE}): requests ` +
    "left late and in bunches. Use a lower rate, or a bigger machine.";
  return [reason(THRESHOLDS.arrivalPattern, distance, text)];
}

function concurrencyKept(facts: VerdictFacts): Finding[] {
  const { concurrency, arrivals } = facts;
  if (concurrency === null || concurrency.asked === null || facts.hasLaterTurns) return [];
  const { asked, steady } = concurrency;
  if (steady === null || steady.windowMs < SHORTEST_STEADY_MS) {
    return [{ unjudged: "the concurrency" }];
  }
  const share = percent(steady.avg, asked);
  // By Little's law: how long a slot is empty before it is used again.
  const emptyMs = (asked - steady.avg) * 1000 / (arrivals.sent.ratePerSecond ?? Infinity);
  const text = `On average ${steady.avg.toFixed(1)} of ${asked} requests were in flight: from an ` +
    `answer to the next request it takes ${ms(emptyMs)}, too long next to the answers. Use a ` +
    `higher --concurrency or a --request-rate, or ${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.concurrencyKept, share, text)];
}

function machineBusy({ machine, processes, workers }: VerdictFacts): Finding[] {
  if (machine === null || !isWatched(processes, workers)) return [];
  const share = machine.cpuShare * 100;
  const text = `This machine was ${share.toFixed(0)} % busy (${count(machine.cpus, "CPU")}, all ` +
    "programs): processes had to wait for a CPU. Keep other programs off it, run the server " +
    "elsewhere, or use a bigger machine.";
  return [reason(THRESHOLDS.machineBusy, share, text)];
}

function stolenTime({ machine, processes, workers }: VerdictFacts): Finding[] {
  if (machine === null || !isWatched(processes, workers)) return [];
  const share = machine.stealShare * 100;
  const text = `The hypervisor gave ${share.toFixed(0)} % of this machine's CPU time to others: ` +
    "times may be too high at any point. Use a machine that is not shared.";
  return [reason(THRESHOLDS.stolenTime, share, text)];
}

/** Whether the run was long enough for anything to be said about CPU time. */
function isWatched(
  processes: VerdictFacts["processes"],
  workers: VerdictFacts["workers"],
): boolean {
  return processes.some(({ watchedMs }) => watchedMs >= SHORTEST_CPU_MS) ||
    workers.some(({ health }) => (health?.watchedMs ?? 0) >= SHORTEST_CPU_MS);
}

function reason(threshold: Threshold, value: number, text: string): Finding {
  return { check: threshold.check, level: judge(value, threshold), text };
}

/** The graver of two findings; the first when they are equal. */
function worse(first: Finding, second: Finding): Finding {
  const order = ["VALID", "SUSPECT", "INVALID"];
  const gravity = (finding: Finding) => "level" in finding ? order.indexOf(finding.level) : -1;
  return gravity(second) > gravity(first) ? second : first;
}

function cpuPercent({ health }: WorkerReport): number | null {
  if (health === null || health.cpuShare === null || health.watchedMs < SHORTEST_CPU_MS) {
    return null;
  }
  return health.cpuShare * 100;
}

function worstLag(
  workers: readonly WorkerReport[],
): { workerId: string; lagMs: number } | null {
  const known = workers.flatMap(({ workerId, health }) => {
    if (health === null || health.lag === null) return [];
    const { lag: { samples, p99Ms }, watchedMs } = health;
    const isEnough = samples >= FEWEST_LAG_SAMPLES || watchedMs >= LONG_LAG_WATCH_MS;
    return isEnough ? { workerId, lagMs: p99Ms } : [];
  });
  if (known.length === 0) return null;
  return known.reduce((worst, one) => one.lagMs > worst.lagMs ? one : worst);
}

/** Where the latest requests lost most of their time. */
function largestPart(latest: LatenessReport["latest"]): string {
  const { issueMs, handOverMs, workerMs } = latest!;
  const most = Math.max(issueMs, handOverMs, workerMs);
  if (most === issueMs) return "before the timing manager let them go";
  return most === handOverMs ? "on the way to the workers" : "in the workers";
}

/** More workers help only where a CPU is left for them, and there is more than a request for each. */
function moreWorkers({ workers, machine, concurrency }: VerdictFacts): string {
  const more = Math.min(workers.length * 2, concurrency?.asked ?? Infinity);
  const { cpus, cpuShare } = machine ?? { cpus: Infinity, cpuShare: 0 };
  const hasRoom = more <= cpus && (1 - cpuShare) * cpus >= 1;
  if (more <= workers.length || !hasRoom) return "use a bigger machine";
  return `use --workers-max ${more} or a bigger machine`;
}

function requests(n: number): string {
  return count(n, "request");
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole * 100;
}
