import type { DelayStats, ProcessHealth } from "../../common/model/instrument.ts";
import type { VerdictFacts } from "../../services/post_processor_manager/instrument/finding.ts";

/** A delay of the same length every time. */
export function delayOf(ms: number): DelayStats {
  return { avgMs: ms, p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms };
}

/** A process that had little to do for ten seconds; a worker unless it is said otherwise. */
export function healthOf(change: Partial<ProcessHealth> = {}): ProcessHealth {
  return {
    serviceId: "worker_0",
    serviceType: "worker",
    cpuShare: 0.2,
    watchedMs: 10_000,
    maxRssBytes: 80e6,
    lag: { samples: 500, p50Ms: 0.2, p99Ms: 1, maxMs: 5 },
    ...change,
  };
}

/** A healthy run of a thousand Poisson arrivals at 100/s by one worker, judged in full. */
export function verdictFactsOf(change: Partial<VerdictFacts> = {}): VerdictFacts {
  return {
    succeeded: 1_000,
    missing: 0,
    neverSent: 0,
    isNothingDue: false,
    keptOpenMs: 0,
    isHealthKnown: true,
    areWaitsGuessed: false,
    hasLaterTurns: false,
    gapShape: 1,
    heldBy: null,
    ramps: [],
    sendingMs: 10_000,
    median: { name: "TTFT", ms: 200 },
    lateness: {
      slotWait: null,
      requests: 1_000,
      total: delayOf(0.5),
      issue: delayOf(0.1),
      handOver: delayOf(0.3),
      worker: delayOf(0.1),
      judged: { requests: 950, p50Ms: 0.4, p90Ms: 0.6, p99Ms: 0.9 },
      latest: { issueMs: 0.2, handOverMs: 0.5, workerMs: 0.2 },
      cold: { requests: 50, maxMs: 4 },
    },
    arrivals: {
      pattern: "poisson",
      askedRatePerSecond: 100,
      meanAskedRatePerSecond: null,
      issued: 1_000,
      unsent: 0,
      overdue: 0,
      scheduled: { count: 1_000, ratePerSecond: 100, gapCv: 1, ks: null, unevenGaps: null },
      sent: {
        count: 1_000,
        ratePerSecond: 99.9,
        gapCv: 1,
        ks: { distance: 0.02, pValue: 0.8 },
        unevenGaps: null,
      },
      largestGapErrorMs: 2,
      moved: null,
      wasCapped: false,
      steady: null,
    },
    concurrency: { asked: null, avg: 8, max: 20, steady: null },
    prefill: null,
    limitUse: null,
    cancellation: null,
    workers: [{ workerId: "worker_0", requests: 1_000, health: healthOf() }],
    processes: ["timing_manager", "worker_manager"].map((id) =>
      healthOf({ serviceId: id, serviceType: id as "timing_manager", lag: null })
    ),
    machine: {
      cpus: 8,
      cpuShare: 0.3,
      stealShare: 0,
      connectionsOpened: 20,
      segmentsResent: 0,
    },
    connections: null,
    outOfPorts: 0,
    outOfFiles: 0,
    ...change,
  };
}
