import type { HealthSummary, InstrumentReport } from "../../../common/model/instrument.ts";
import { coldStartNs } from "../../../common/model/cold_start.ts";
import type { CreditAccount, MetricSummary } from "../../../common/model/report.ts";
import type { PhasePlan } from "../../../common/model/run_config.ts";
import { arrivalsReport } from "./arrivals.ts";
import { concurrencyReport } from "./concurrency.ts";
import { connectionsReport } from "./connections.ts";
import { latenessReport } from "./lateness.ts";
import { type LoadFacts, loadFacts } from "./load_facts.ts";
import type { LoadTally } from "./load_tally.ts";
import { verdictOn } from "./verdict.ts";
import { workerReports } from "./workers.ts";

/** What the proof of a load is made from, besides its requests. */
export interface InstrumentOptions {
  readonly phases: readonly PhasePlan[];
  /** The start of the profiling phase, since the run's epoch; null: the first request's due time. */
  readonly startNs: number | null;
  readonly account: CreditAccount;
  /** Requests that were due and found no free slot until the end. */
  readonly unsent: number;
  readonly metrics: readonly MetricSummary[];
  /** null when nobody has watched the processes. */
  readonly health: HealthSummary | null;
}

/** The proof that the load was kept, or what speaks against it. */
export function instrumentReport(tally: LoadTally, options: InstrumentOptions): InstrumentReport {
  const { phases, account, unsent, metrics, health } = options;
  const plan = phases.find(({ phase }) => phase === "profiling")!;
  const facts = loadFacts(plan);
  const requests = tally.requests();
  const startNs = options.startNs ?? requests.dueNs.reduce((a, b) => Math.min(a, b), Infinity);
  const warmFromNs = startNs + coldStartNs(phases);
  const { hasLaterTurns, outOfPorts, outOfFiles } = tally;
  const concurrency = concurrencyReport(requests, facts, { warmFromNs, hasLaterTurns });
  const heldBy = limitsReached(facts, tally);
  const wasCapped = heldBy !== null;
  const parts = {
    lateness: latenessReport(requests, { warmFromNs, wasCapped }),
    arrivals: arrivalsReport(requests, facts, { issued: account.issued, unsent, wasCapped }),
    concurrency,
    workers: workerReports(tally.perWorker, health),
    processes: health?.processes.filter(({ serviceType }) => serviceType !== "worker") ?? [],
    machine: health?.machine ?? null,
    connections: connectionsReport(tally.connections),
    outOfPorts,
    outOfFiles,
  };
  const verdict = verdictOn({
    ...parts,
    succeeded: account.succeeded,
    missing: missingOf(account),
    isHealthKnown: health !== null,
    hasLaterTurns,
    gapShape: facts.gapShape,
    heldBy,
    median: medianOf(metrics),
  });
  return { ...verdict, ...parts };
}

/** The limits that requests had to wait for, as on the command line; null: they did not have to. */
function limitsReached(
  { hasWaits, cap, prefillLimit }: LoadFacts,
  tally: LoadTally,
): string | null {
  const isCapReached = cap !== null && tally.mostSessions >= cap;
  const isPrefillReached = prefillLimit !== null && tally.mostPrefills >= prefillLimit;
  if (!hasWaits && !isCapReached && !isPrefillReached) return null;
  // Limits that open slowly are waited for before they are reached.
  const isUnreached = !isCapReached && !isPrefillReached;
  return [
    cap !== null && (isCapReached || isUnreached) && `--concurrency ${cap}`,
    prefillLimit !== null && (isPrefillReached || isUnreached) &&
    `--prefill-concurrency ${prefillLimit}`,
  ].filter((limit) => limit !== false).join(" and ");
}

function missingOf({ issued, succeeded, failed, cancelled, lost }: CreditAccount): number {
  return Math.max(0, issued - succeeded - failed - cancelled - lost) + lost;
}

function medianOf(metrics: readonly MetricSummary[]): { name: string; ms: number } | null {
  const p50 = (wanted: string) => metrics.find(({ tag }) => tag === wanted)?.stats.p50;
  const ttft = p50("time_to_first_token");
  if (ttft !== undefined) return { name: "TTFT", ms: ttft };
  const latency = p50("request_latency");
  return latency === undefined ? null : { name: "request latency", ms: latency };
}
