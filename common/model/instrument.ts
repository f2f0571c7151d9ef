import * as z from "zod/mini";
import { serviceTypeSchema } from "./service_type.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of one look at the event loop. */
export const lagSampleSchema = z.object({
  /** When the timer fired, in nanoseconds since the run's epoch. */
  atNs: NUMBER,
  /** How much later than it should have; never below 0. */
  lagMs: NUMBER,
});

/** One look at the event loop: how late a timer fired. */
export type LagSample = z.infer<typeof lagSampleSchema>;

/** Wire schema of the lag of an event loop over the profiling phase. */
const lagStatsSchema = z.object({
  /** Looks, those included that a blocked loop did not make. */
  samples: INT,
  p50Ms: NUMBER,
  p99Ms: NUMBER,
  maxMs: NUMBER,
});

/** The lag of an event loop over the profiling phase. */
export type LagStats = z.infer<typeof lagStatsSchema>;

/** Wire schema of the health of a process. */
const processHealthSchema = z.object({
  serviceId: STRING,
  serviceType: serviceTypeSchema,
  /** CPU time by elapsed time, 1 is one whole CPU; null: not watched for long enough. */
  cpuShare: z.nullable(NUMBER),
  /** The elapsed time that `cpuShare` is over. */
  watchedMs: NUMBER,
  maxRssBytes: NUMBER,
  /** null for a process that does not probe its event loop. */
  lag: z.nullable(lagStatsSchema),
});

/** How a process was during the profiling phase. */
export type ProcessHealth = z.infer<typeof processHealthSchema>;

/** Wire schema of the health of the machine. */
const machineHealthSchema = z.object({
  cpus: INT,
  /** Of all CPUs together, 0 to 1, by whatever program. */
  cpuShare: NUMBER,
  /** What the hypervisor gave to others, 0 to 1. */
  stealShare: NUMBER,
  /** TCP connections opened, by whatever program. */
  connectionsOpened: INT,
  /** TCP segments sent again, by whatever program. */
  segmentsResent: INT,
});

/** How the machine was, from the start of the load to its end. */
export type MachineHealth = z.infer<typeof machineHealthSchema>;

/** Wire schema of the health of the instrument. */
export const healthSummarySchema = z.object({
  processes: z.array(processHealthSchema),
  /** null where the system does not tell. */
  machine: z.nullable(machineHealthSchema),
  /** What died in the middle of the run and was started again, one sentence each. */
  restarts: z.array(STRING),
  /** What should be known of the data set, one sentence or two each; absent: nothing. */
  datasetNotes: z.optional(z.array(STRING)),
});

/** How the tool itself was while it measured. */
export type HealthSummary = z.infer<typeof healthSummarySchema>;

/** What a result can be worth, from good to bad. */
export const VERDICTS = ["VALID", "SUSPECT", "INVALID"] as const;

/** Wire schema of a verdict. */
const verdictSchema = z.enum(VERDICTS);

/** What a result is worth: whether the load was kept and the times can be believed. */
export type Verdict = z.infer<typeof verdictSchema>;

/** Wire schema of why a verdict is not VALID. */
const verdictReasonSchema = z.object({
  /** Which row of the table of thresholds. */
  check: STRING,
  level: verdictSchema,
  /** What is wrong, what it does to the numbers, and what to do, in plain words. */
  text: STRING,
});

/** Why a verdict is not VALID. */
export type VerdictReason = z.infer<typeof verdictReasonSchema>;

/** Wire schema of the distribution of a delay. */
const delayStatsSchema = z.object({
  avgMs: NUMBER,
  p50Ms: NUMBER,
  p90Ms: NUMBER,
  p99Ms: NUMBER,
  maxMs: NUMBER,
});

/** The distribution of a delay. */
export type DelayStats = z.infer<typeof delayStatsSchema>;

/** Wire schema of how late requests left. */
const latenessReportSchema = z.object({
  /** Requests that were sent, whatever became of them. */
  requests: INT,
  /** Sent − due. */
  total: delayStatsSchema,
  /** Issued − due. */
  issue: delayStatsSchema,
  /** In the worker's hands − issued. */
  handOver: delayStatsSchema,
  /** Sent − in the worker's hands. */
  worker: delayStatsSchema,
  /** How long after they were due requests were held back by a limit; null: none was. A part of `issue`. */
  slotWait: z.nullable(z.object({ requests: INT, ...delayStatsSchema.shape })),
  /** What the verdict looks at: what a cold start excuses left out, and the wait for a slot. */
  judged: z.nullable(z.object({ requests: INT, p50Ms: NUMBER, p90Ms: NUMBER, p99Ms: NUMBER })),
  /**
   * The mean parts of the latest of those, which the verdict rests on: of those at least as late as
   * the 99th percentile, below 100 requests as the 90th; the wait for a slot left out.
   */
  latest: z.nullable(z.object({ issueMs: NUMBER, handOverMs: NUMBER, workerMs: NUMBER })),
  /** The requests that a cold start excuses, and how late the latest of them was. */
  cold: z.nullable(z.object({ requests: INT, maxMs: NUMBER })),
});

/** How late requests left. */
export type LatenessReport = z.infer<typeof latenessReportSchema>;

/** Wire schema of the test whether gaps follow a distribution. */
const ksTestSchema = z.object({ distance: NUMBER, pValue: NUMBER });

/** The Kolmogorov–Smirnov test of gaps against the distribution that was asked for. */
export type KsTest = z.infer<typeof ksTestSchema>;

/** Wire schema of how many gaps are not those of a constant rate. */
const unevenGapsSchema = z.object({
  /** Gaps that were looked at: those between requests that no cold start excuses. */
  gaps: INT,
  /** Of these, the part (0 to 1) that differs from the gap asked for by half of it or more. */
  share: NUMBER,
});

/** The gaps of a constant rate that are too short or too long for one. */
export type UnevenGaps = z.infer<typeof unevenGapsSchema>;

/** Wire schema of the shape of arrivals. */
const arrivalStatsSchema = z.object({
  count: INT,
  /** Gaps by the time from the first to the last; null below two arrivals. */
  ratePerSecond: z.nullable(NUMBER),
  /** Standard deviation of the gaps by their mean; null below two gaps. */
  gapCv: z.nullable(NUMBER),
  /** Of the gaps that no cold start excuses; null when no distribution was asked for, or below five of them. */
  ks: z.nullable(ksTestSchema),
  /** null when no constant rate was asked for, or below two arrivals that count. */
  unevenGaps: z.nullable(unevenGapsSchema),
});

/** The shape of arrivals. */
export type ArrivalStats = z.infer<typeof arrivalStatsSchema>;

/** Wire schema of the arrivals after a ramp. */
const steadyArrivalsSchema = z.object({
  scheduled: arrivalStatsSchema,
  sent: arrivalStatsSchema,
});

/** The arrivals that were due from the end of a ramp of the rate on. */
export type SteadyArrivals = z.infer<typeof steadyArrivalsSchema>;

/** Wire schema of the turns of a trace that were due later than it says. */
const movedTurnsSchema = z.object({
  /** Those that were so by 10 ms and more. */
  requests: INT,
  maxMs: NUMBER,
});

/** Turns whose time in the trace passed before the answers that they follow had come. */
export type MovedTurns = z.infer<typeof movedTurnsSchema>;

/** Wire schema of the arrivals asked for, scheduled and sent. */
const arrivalsReportSchema = z.object({
  /** `concurrency`, `fixed_schedule`, `user_centric`, or the arrival pattern of a rate. */
  pattern: STRING,
  /** The rate from the end of its ramp on; null when no rate, or one that changes, was asked for. */
  askedRatePerSecond: z.nullable(NUMBER),
  /** Of a series of rates, the mean from the start to the end of the sending; null: it is none. */
  meanAskedRatePerSecond: z.nullable(NUMBER),
  /** Credits issued. */
  issued: INT,
  /** Requests that were due besides, and found no free slot until the end: counted up to ten million. */
  unsent: INT,
  /** Likewise, and that no worker got to until the end, as this machine was too far behind. */
  overdue: INT,
  /** By the due times. */
  scheduled: arrivalStatsSchema,
  /** By the times of sending, in their own order. */
  sent: arrivalStatsSchema,
  /** The most that a gap between two sendings differs from that of the schedule. */
  largestGapErrorMs: z.nullable(NUMBER),
  /** null: each turn was due when the trace says, or the load is no trace. */
  moved: z.nullable(movedTurnsSchema),
  /** Whether requests had to wait for a slot, or found none until the end. */
  wasCapped: BOOLEAN,
  /** From the end of the ramp of the rate on; null: it has none. */
  steady: z.nullable(steadyArrivalsSchema),
});

/** The arrivals asked for, scheduled and sent. */
export type ArrivalsReport = z.infer<typeof arrivalsReportSchema>;

/** Wire schema of the concurrency asked for and achieved. */
const concurrencyReportSchema = z.object({
  /** null when the load has no concurrency to keep. */
  asked: z.nullable(INT),
  /** Requests in flight, time-weighted, from the first sending to the last end. */
  avg: NUMBER,
  max: INT,
  /**
   * The same average from when every slot was open and in use to the last sending, over so many
   * milliseconds, and how many slots were in use: the same, but with those that conversations keep in
   * the pauses between their turns, for as long as these should be. null when the load keeps no number
   * of requests in flight, or a limit on prefills held back turns of conversations.
   */
  steady: z.nullable(z.object({ avg: NUMBER, used: NUMBER, windowMs: NUMBER })),
});

/** The concurrency asked for and achieved. */
export type ConcurrencyReport = z.infer<typeof concurrencyReportSchema>;

/** Wire schema of the requests without a first token. */
const prefillReportSchema = z.object({
  /** The limit. */
  asked: INT,
  /** The most at the same time. */
  max: INT,
});

/** Wire schema of the requests that were to be cut off. */
const cutOffReportSchema = z.object({
  /** Requests drawn for it. */
  asked: INT,
  /** How long after they were sent. */
  delayMs: NUMBER,
  /** Of those `asked`, how many ended by being cut off. */
  cancelled: INT,
  /** How many had an answer, or had failed, before. */
  endedBefore: INT,
});

/** The requests that were to be cut off, and what became of them. */
export type CutOffReport = z.infer<typeof cutOffReportSchema>;

/** Wire schema of what a worker did and how it was. */
const workerReportSchema = z.object({
  workerId: STRING,
  requests: INT,
  /** null when nothing is known of its health. */
  health: z.nullable(processHealthSchema),
});

/** What a worker did and how it was. */
export type WorkerReport = z.infer<typeof workerReportSchema>;

/** Wire schema of the connections to the servers. */
const connectionsReportSchema = z.object({
  /** Requests that were the first on their connection. */
  opened: INT,
  /** Requests on a connection that had served another one before. */
  reused: INT,
  /** Of those `opened`, how many were opened in place of one that had been closed. */
  reconnects: INT,
  /** The most that each worker had open at once, all workers together; null: nobody knows. */
  mostOpen: z.nullable(INT),
  /** Requests that failed without a connection. */
  failed: INT,
  /** How long the connections took to open, TLS included; null: none was opened. */
  opening: z.nullable(delayStatsSchema),
});

/** The connections to the servers, and what it cost to open them. */
export type ConnectionsReport = z.infer<typeof connectionsReportSchema>;

/** Wire schema of the proof that the load was kept. */
export const instrumentReportSchema = z.object({
  verdict: verdictSchema,
  /** The gravest first. */
  reasons: z.array(verdictReasonSchema),
  /** What there was too little of to judge, so that the verdict says nothing of it, e.g. `the rate`. */
  unjudged: z.array(STRING),
  /** What should be known besides, one sentence each. */
  notes: z.array(STRING),
  /** null when nothing was sent. */
  lateness: z.nullable(latenessReportSchema),
  arrivals: arrivalsReportSchema,
  concurrency: z.nullable(concurrencyReportSchema),
  /** null when there was no limit on them. */
  prefill: z.nullable(prefillReportSchema),
  /**
   * While requests waited for a limit: what was in use of it, by what would have been if each of them
   * had left at once (0 to 1); null: none had to wait, or nobody knows.
   */
  limitUse: z.nullable(NUMBER),
  /** null when none was drawn for it; journals of before do not tell. */
  cancellation: z.nullable(cutOffReportSchema),
  workers: z.array(workerReportSchema),
  /** Every other process. */
  processes: z.array(processHealthSchema),
  machine: z.nullable(machineHealthSchema),
  /** null where nobody knows, as with HTTP/2. */
  connections: z.nullable(connectionsReportSchema),
  /** Requests that failed because this machine had no free port, or no free file handle. */
  outOfPorts: INT,
  outOfFiles: INT,
});

/** The proof that the load was kept, or what speaks against it. */
export type InstrumentReport = z.infer<typeof instrumentReportSchema>;
