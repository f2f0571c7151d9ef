import type { HealthSummary, InstrumentReport } from "../../../common/model/instrument.ts";
import { coldStartNs } from "../../../common/model/cold_start.ts";
import type { CreditAccount, MetricSummary } from "../../../common/model/report.ts";
import type { LoadPlan, PhasePlan } from "../../../common/model/run_config.ts";
import type { StopReason } from "../../../common/model/run_event.ts";
import { rateProfileOf } from "../../../common/stats/rate_profile.ts";
import { arrivalsReport } from "./arrivals.ts";
import { concurrencyReport } from "./concurrency.ts";
import { connectionsReport } from "./connections.ts";
import { limitUse } from "./limit_use.ts";
import { latenessReport } from "./lateness.ts";
import { type LoadFacts, loadFacts } from "./load_facts.ts";
import type { LoadTally, SentRequests } from "./load_tally.ts";
import { verdictOn } from "./verdict.ts";
import { workerReports } from "./workers.ts";

const MS = 1e6;

/** What the proof of a load is made from, besides its requests. */
export interface InstrumentOptions {
  readonly phases: readonly PhasePlan[];
  /** The start of the profiling phase, since the run's epoch; null: the first request's due time. */
  readonly startNs: number | null;
  readonly account: CreditAccount;
  /** Requests that were due and found no free slot until the end. */
  readonly unsent: number;
  /** Requests that were due and that no worker got to: not issued either. */
  readonly overdue: number;
  /** Why sending stopped; null: nobody knows. */
  readonly reason: StopReason | null;
  /** Whether it was ended before its time, be it after it had stopped sending. */
  readonly wasCancelled: boolean;
  readonly metrics: readonly MetricSummary[];
  /** null when nobody has watched the processes. */
  readonly health: HealthSummary | null;
  /** Whether the records tell how long limits held requests back. */
  readonly tellsSlotWaits: boolean;
}

/** The proof that the load was kept, or what speaks against it. */
export function instrumentReport(tally: LoadTally, options: InstrumentOptions): InstrumentReport {
  const { phases, account, unsent, overdue, reason, metrics, health } = options;
  const plan = phases.find(({ phase }) => phase === "profiling")!;
  const facts = loadFacts(plan);
  const requests = options.tellsSlotWaits ? tally.requests() : withWaitsGuessed(tally, facts);
  const startNs = options.startNs ?? requests.dueNs.reduce((a, b) => Math.min(a, b), Infinity);
  const coldNs = coldStartNs(phases);
  const { hasLaterTurns, outOfPorts, outOfFiles } = tally;
  const steadyFromNs = startNs + Math.max(coldNs, facts.slotsRampMs * MS);
  const rampEndNs = facts.rateRampMs > 0 ? startNs + facts.rateRampMs * MS : null;
  const hasWaits = unsent > 0 || requests.slotWaitNs.some((ns) => ns > 0);
  const heldBy = hasWaits ? limitsReached(facts, tally) : null;
  const wasCapped = heldBy !== null;
  const lastedMs = sendingMs(requests, { plan, startNs, reason });
  const parts = {
    lateness: latenessReport(requests, {
      coldNs,
      startNs,
      isClosed: plan.load.kind === "closed",
    }),
    arrivals: arrivalsReport(requests, facts, {
      issued: account.issued,
      unsent,
      overdue,
      wasCapped,
      moved: tally.moved,
      meanAskedPerSecond: meanOfSeries(plan.load, lastedMs),
      rampEndNs,
      coldEndNs: startNs + coldNs,
    }),
    concurrency: concurrencyReport(requests, facts, {
      steadyFromNs,
      hasLaterTurns,
      mostSessions: hasLaterTurns ? tally.mostSessions : 0,
    }),
    prefill: facts.prefillLimit === null
      ? null
      : { asked: facts.prefillLimit, max: tally.mostPrefills },
    limitUse: hasWaits ? limitUseOf(tally, { facts, requests, steadyFromNs }) : null,
    cancellation: plan.cancellation === null || tally.cutOffs.asked === 0
      ? null
      : { ...tally.cutOffs, delayMs: plan.cancellation.delayMs },
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
    neverSent: tally.notSentInTime + (isNatural(options) ? tally.calledOff + overdue : 0),
    isNothingDue: isNatural(options) && account.issued + unsent + overdue === 0,
    keptOpenMs: tally.keptOpenMs,
    isHealthKnown: health !== null,
    areWaitsGuessed: !options.tellsSlotWaits && hasWaits,
    hasLaterTurns,
    gapShape: facts.gapShape,
    heldBy,
    ramps: facts.ramps,
    sendingMs: lastedMs,
    median: medianOf(metrics),
  });
  return { ...verdict, ...parts };
}

/**
 * Where records do not tell of waits for slots and a limit was reached, or its slots opened one after
 * the other, all that the timing manager was late by is taken for such a wait.
 */
function withWaitsGuessed(tally: LoadTally, facts: LoadFacts): SentRequests {
  const requests = tally.requests();
  const { cap, prefillLimit, slotsRampMs } = facts;
  const isLimited = cap !== null || prefillLimit !== null;
  const hasWaits = isLimited && (slotsRampMs > 0 || isCapReached(facts, tally) ||
    isPrefillReached(facts, tally));
  return hasWaits ? { ...requests, slotWaitNs: requests.issueNs } : requests;
}

function isCapReached({ cap }: LoadFacts, { mostSessions }: LoadTally): boolean {
  return cap !== null && mostSessions >= cap;
}

function isPrefillReached({ prefillLimit }: LoadFacts, { mostPrefills }: LoadTally): boolean {
  return prefillLimit !== null && mostPrefills >= prefillLimit;
}

/** What waits for a limit is due and not sent; of a closed loop, a slot is empty as long. */
function limitUseOf(
  tally: LoadTally,
  { facts, requests, steadyFromNs }: {
    facts: LoadFacts;
    requests: SentRequests;
    steadyFromNs: number;
  },
): number | null {
  const { concurrency, cap, prefillLimit } = facts;
  const { dueNs, sentNs } = requests;
  const isLate = (_: number, i: number) => sentNs[i]! > dueNs[i]!;
  const waiting = { starts: dueNs.filter(isLate), ends: sentNs.filter(isLate) };
  const slots = concurrency ?? cap;
  const prefills = tally.prefills();
  const limits = [
    ...slots === null ? [] : [{ limit: slots, used: tally.slots() }],
    ...prefillLimit === null || prefills === null ? [] : [{ limit: prefillLimit, used: prefills }],
  ];
  if (limits.length === 0) return null;
  const to = sentNs.reduce((latest, ns) => Math.max(latest, ns), steadyFromNs);
  return limitUse(waiting, limits, { from: steadyFromNs, to });
}

/** The limits that requests had to wait for, as on the command line. */
function limitsReached(facts: LoadFacts, tally: LoadTally): string {
  const { cap, prefillLimit } = facts;
  const hasCap = isCapReached(facts, tally);
  const hasPrefill = isPrefillReached(facts, tally);
  // Limits that open slowly are waited for before they are reached.
  const hasNone = !hasCap && !hasPrefill;
  return [
    cap !== null && (hasCap || hasNone) && `--concurrency ${cap}`,
    prefillLimit !== null && (hasPrefill || hasNone) && `--prefill-concurrency ${prefillLimit}`,
  ].filter((limit) => limit !== false).join(" and ");
}

/** Whether all that was issued was due before sending ended, and nothing ended it from outside. */
function isNatural({ reason, wasCancelled }: InstrumentOptions): boolean {
  return !wasCancelled && reason !== null && reason !== "cancelled" &&
    reason !== "failed_threshold";
}

/** A run that ends by its duration was ready to send until then; null: nothing was sent. */
function sendingMs(
  { sentNs }: SentRequests,
  { plan, startNs, reason }: { plan: PhasePlan; startNs: number; reason: StopReason | null },
): number | null {
  if (sentNs.length === 0) return null;
  if (reason === "duration" && plan.maxDurationMs !== null) return plan.maxDurationMs;
  return (sentNs.reduce((latest, ns) => Math.max(latest, ns)) - startNs) / MS;
}

/** The mean rate that a series asks for in its first `ms`; null: there is no series, or no time. */
function meanOfSeries(load: LoadPlan, ms: number | null): number | null {
  if (load.kind !== "open" || load.rateSeries === null || !ms) return null;
  return rateProfileOf(load).countAt(ms * MS) / (ms / 1000);
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
