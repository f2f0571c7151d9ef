import * as z from "zod/mini";
import { instrumentReportSchema } from "./instrument.ts";
import { runEndSchema } from "./run_ending.ts";
import { errorDetailsSchema } from "./record.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Names of the statistics of a metric, in export order; percentiles by linear interpolation. */
export const STATISTICS = [
  "avg",
  "min",
  "max",
  "p1",
  "p5",
  "p10",
  "p25",
  "p50",
  "p75",
  "p90",
  "p95",
  "p99",
  "std",
  "count",
  "sum",
] as const;

/** The name of one statistic. */
export type Statistic = typeof STATISTICS[number];

/** Wire schema of a metric's statistics; a scalar metric has `avg` alone. */
const metricStatsSchema = z.partialRecord(z.enum(STATISTICS), NUMBER);

/** The statistics of a metric, in the metric's display unit. */
export type MetricStats = z.infer<typeof metricStatsSchema>;

/** Wire schema of one metric's result. */
const metricSummarySchema = z.object({
  tag: STRING,
  header: STRING,
  /** The display unit of every value in `stats`. */
  unit: STRING,
  /** Shown in the console table, in ascending order; null: exports only. */
  consoleOrder: z.nullable(NUMBER),
  /** True when the metric is one number rather than a distribution. */
  scalar: BOOLEAN,
  stats: metricStatsSchema,
});

/** The result of one metric. */
export type MetricSummary = z.infer<typeof metricSummarySchema>;

/** Wire schema of a kind of error and how often it happened. */
const errorCountSchema = z.object({
  error: errorDetailsSchema,
  count: INT,
});

/** A kind of error and how often it happened. */
export type ErrorCount = z.infer<typeof errorCountSchema>;

/** Wire schema of the account of a phase's credits. */
export const creditAccountSchema = z.object({
  issued: INT,
  succeeded: INT,
  failed: INT,
  cancelled: INT,
  lost: INT,
});

/** What became of a phase's credits: `issued` is the sum of the rest when nothing is missing. */
export type CreditAccount = z.infer<typeof creditAccountSchema>;

/** Wire schema of the part of the load that went one way. */
const loadShareSchema = z.object({
  /** A URL, or a model. */
  name: STRING,
  /** All that were sent, or were to be. */
  requests: INT,
  /** Those of them that failed or got lost; who was cut off is no error. */
  errors: INT,
});

/** The part of the load that went to one of several URLs, or to one of several models. */
export type LoadShare = z.infer<typeof loadShareSchema>;

/** Wire schema of the summary of the warm-up. */
const warmupReportSchema = z.object({
  /** Metrics in export order. */
  metrics: z.array(metricSummarySchema),
  errors: z.array(errorCountSchema),
  account: creditAccountSchema,
});

/** What the warm-up did; nothing of it is in the results. */
export type WarmupReport = z.infer<typeof warmupReportSchema>;

/** Wire schema of the one result model. */
const runReportSchema = z.object({
  benchmarkId: STRING,
  /** Metrics in export order. */
  metrics: z.array(metricSummarySchema),
  errors: z.array(errorCountSchema),
  account: creditAccountSchema,
  /** In the order of `EndpointPlan.urls`; empty when there is only one. */
  urls: z.array(loadShareSchema),
  /** In the order of the options, then what the data set names; empty when there is only one. */
  models: z.array(loadShareSchema),
  /** Wall-clock bounds of the profiling phase; null when nothing was sent. */
  startUnixMs: z.nullable(NUMBER),
  endUnixMs: z.nullable(NUMBER),
  wasCancelled: BOOLEAN,
  /** Why the run ended. */
  runEnd: runEndSchema,
  /** Things the reader of the numbers should know, one sentence each. */
  warnings: z.array(STRING),
  /** The proof that the load was kept, or what speaks against it. */
  instrument: instrumentReportSchema,
  /** null when there was none. */
  warmup: z.nullable(warmupReportSchema),
});

/** The result of a run: every export and view is a function of it and of the run's config. */
export type RunReport = z.infer<typeof runReportSchema>;

/** Wire schema of what `finish_records` answers. */
export const recordsSummarySchema = z.object({
  accounts: z.object({ warmup: creditAccountSchema, profiling: creditAccountSchema }),
  /** Credits that were issued and never became a record: 0 unless something is broken. */
  missing: INT,
  /** The first of them, ascending. */
  missingIds: z.array(INT),
});

/** What the records manager knows once the run is over. */
export type RecordsSummary = z.infer<typeof recordsSummarySchema>;

/** Wire schema of what `write_results` answers. */
export const writtenResultsSchema = z.object({
  report: runReportSchema,
  /** The text of the console report. */
  console: STRING,
  /** The files that could not be written, and why, one sentence each. */
  problems: z.array(STRING),
});

/** What the post processor manager gives back when every export is written. */
export type WrittenResults = z.infer<typeof writtenResultsSchema>;

/** What a journal could be turned into. */
export interface RebuiltReport {
  /** The text of the console report; null when the journal cannot be used at all. */
  readonly console: string | null;
  /** Why the report is not complete, or there is none, one sentence each; none when all is well. */
  readonly problems: readonly string[];
  /** The folders of the runs that the report is made of. */
  readonly folders: readonly string[];
}
