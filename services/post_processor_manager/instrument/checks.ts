import type { LatenessReport, WorkerReport } from "../../../common/model/instrument.ts";
import { count, moreWorkers, ms, percent, reason, requests, worse } from "./check_parts.ts";
import type { Finding, VerdictFacts } from "./finding.ts";
import {
  arrivalPattern,
  capHeldBack,
  concurrencyKept,
  rampFinished,
  rateAsked,
  rateKept,
  traceKept,
} from "./load_checks.ts";
import {
  FEWEST_FOR_P99,
  FEWEST_LAG_SAMPLES,
  FEWEST_TO_JUDGE,
  HARMLESS_LAG_MS,
  judge,
  LONG_LAG_WATCH_MS,
  SHORTEST_CPU_MS,
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
  traceKept,
  arrivalPattern,
  concurrencyKept,
  capHeldBack,
  rampFinished,
  machineBusy,
  stolenTime,
];

function successes(facts: VerdictFacts): Finding[] {
  return [reason(THRESHOLDS.successes, facts.succeeded, whyNothing(facts))];
}

function whyNothing({ isNothingDue, lateness }: VerdictFacts): string {
  if (isNothingDue) {
    return "No request was due before the end: there is nothing to judge. Use a longer " +
      "--benchmark-duration, or a higher rate.";
  }
  return lateness === null
    ? "No request was sent: there is nothing to judge. See logs/aiperf.log."
    : "No request succeeded: there is nothing to judge. See the errors and logs/aiperf.log.";
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
  if (judged === null || judged.requests < FEWEST_TO_JUDGE) {
    return [{ unjudged: "how late requests left" }];
  }
  const hasP99 = judged.requests >= FEWEST_FOR_P99;
  const lateMs = hasP99 ? judged.p99Ms : judged.p90Ms;
  const since = arrivals.pattern === "concurrency" ? "their slot was free" : "they were due";
  const text = `Requests left up to ${ms(lateMs)} (${hasP99 ? "p99" : "p90"}) ` +
    `after ${since}, most of it ${largestPart(lateness!.latest)}: the server's load ` +
    `was not quite the one asked for. Keep other programs off this machine, or ` +
    `${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.scheduleLateness, lateMs, text)];
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
    "times may be too high at any point. Use a machine that is not shared; as root " +
    "--keep-cpus-awake often helps, since CPUs that sleep are given away first.";
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
