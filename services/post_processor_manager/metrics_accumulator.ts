import { IntegerSet } from "../../common/stats/integer_set.ts";
import { endpointFacts } from "../../common/model/endpoint_types.ts";
import type { HealthSummary } from "../../common/model/instrument.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { CreditAccount, RunReport, WarmupReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import type { RunEnding } from "../../common/model/run_ending.ts";
import type { StopReason } from "../../common/model/run_event.ts";
import { instrumentReport } from "./instrument/instrument_report.ts";
import { LoadTally } from "./instrument/load_tally.ts";
import { LoadShares } from "./load_shares.ts";
import { LiveTally, type LiveView } from "./live_view.ts";
import type { TokenCounter } from "./metrics/token_counts.ts";
import { Objectives } from "./objectives.ts";
import { PhaseMetrics, type PhaseMetricsOptions, type RequestMetrics } from "./phase_metrics.ts";
import { runEndOf } from "./run_end.ts";
import { warningsFor } from "./warnings.ts";

/** What the accumulator needs to know of the run. */
export type AccumulatorConfig = Pick<
  RunConfig,
  "benchmarkId" | "epochUnixMs" | "endpoint" | "goodput" | "phases"
>;

/** What the report takes from outside of the records. */
export interface ReportOptions {
  readonly wasCancelled: boolean;
  /** Why the run ended; without it, an interruption where it was cancelled. */
  readonly ending?: RunEnding;
  /** What became of the credits of the profiling phase; without it, that of the records seen. */
  readonly account?: CreditAccount;
  /** The same of the warm-up. */
  readonly warmupAccount?: CreditAccount;
  /** Without an account: how many credits were issued, when that is known. */
  readonly issued?: number;
  /** Bounds of the profiling phase since the run's epoch; without them, those of the records. */
  readonly startNs?: number;
  readonly endNs?: number;
  /** Requests that were due in it and found no free slot until its end; without it, none. */
  readonly unsent?: number | undefined;
  /** Requests that were due in it and that no worker got to; without it, none. */
  readonly overdue?: number | undefined;
  /** Why the phase stopped sending; without it, nobody knows. */
  readonly reason?: StopReason | undefined;
  /** How the processes were; without it, the verdict is built on the records alone. */
  readonly health?: HealthSummary | null;
  /** Whether the records tell how long limits held requests back; without it, they do. */
  readonly tellsSlotWaits?: boolean;
  /** What is missing in the records, one sentence each. */
  readonly gaps?: readonly string[];
}

/**
 * Turns records into metrics as they come, and into the report at the end.
 *
 * Keeps numbers, never records, and of a long run not even all of them. Records of the
 * warm-up have a summary of their own; second records of a credit change nothing.
 */
export class MetricsAccumulator {
  readonly #config: AccumulatorConfig;
  readonly #options: PhaseMetricsOptions;
  readonly #seen = new IntegerSet();
  readonly #profiling: PhaseMetrics;
  readonly #shares: LoadShares;
  readonly #load: LoadTally;
  readonly #live = new LiveTally();
  #warmup: PhaseMetrics | null = null;

  /**
   * `tokenizer` is called only when text is to be counted, see `needsTokenizer`.
   *
   * Throws a RangeError for an objective on something that requests have no value of.
   */
  constructor(config: AccumulatorConfig, tokenizer: () => TokenCounter | null) {
    const { goodput, endpoint: { tokenCountSource } } = config;
    this.#config = config;
    this.#shares = new LoadShares(config.endpoint);
    this.#options = { tokenCountSource, tokenizer, objectives: new Objectives(goodput) };
    this.#profiling = new PhaseMetrics(this.#options);
    const hasLimit = config.phases.some(({ phase, prefill }) => phase === "profiling" && prefill);
    this.#load = new LoadTally({ countsPrefills: hasLimit });
  }

  /** Takes a record in; null when it does not count (warm-up, or the credit's second record). */
  add(record: RequestRecord): RequestMetrics | null {
    if (!this.#seen.add(record.creditId)) return null;
    if (record.phase === "warmup") {
      this.#warmup ??= new PhaseMetrics(this.#options);
      this.#warmup.add(record);
      return null;
    }
    this.#live.add(record);
    this.#load.add(record);
    this.#shares.add(record);
    return this.#profiling.add(record);
  }

  /** Where the run stands; `nowNs`: since the run's epoch. */
  live(nowNs: number): LiveView {
    return this.#live.view(nowNs);
  }

  /** The result so far; may be asked for more than once. */
  report(options: ReportOptions): RunReport {
    const results = this.#profiling.results();
    const { account = this.#account(options.issued ?? 0), wasCancelled, gaps = [] } = options;
    const bounds = { ...this.#profiling.bounds, ...options };
    const metrics = results.summaries();
    const { type, tokenCountSource } = this.#config.endpoint;
    const { writesNoText = false, streamEnd = "a word of their end" } = endpointFacts(type);
    const runEnd = runEndOf({
      ending: options.ending ?? { reason: wasCancelled ? "interrupted" : "complete", cause: null },
      wasCancelled,
      account,
      phases: this.#config.phases,
    });
    const errors = this.#profiling.errors();
    const warmup = warmupReport(this.#warmup, options.warmupAccount);
    return {
      benchmarkId: this.#config.benchmarkId,
      metrics,
      errors,
      account,
      urls: this.#shares.urls(),
      models: this.#shares.models(),
      startUnixMs: this.#unixMs(bounds.startNs),
      endUnixMs: this.#unixMs(bounds.endNs),
      wasCancelled,
      runEnd,
      warnings: gaps.concat(warningsFor({
        account,
        errors,
        wasCancelled,
        runEnd,
        warmup,
        oslMismatches: results.scalar("osl_mismatch_count"),
        usageDiscrepancies: results.scalar("usage_discrepancy_count"),
        tokensPerChunk: metrics.find(({ tag }) => tag === "tokens_per_chunk")?.stats.avg ?? null,
        restarts: options.health?.restarts ?? [],
        datasetNotes: options.health?.datasetNotes ?? [],
        tokenCountSource,
        countedAsNothing: writesNoText ? 0 : this.#profiling.countedAsNothing,
        uncounted: writesNoText ? 0 : this.#profiling.uncounted,
        streams: this.#profiling.streams,
        streamEnd,
        redirected: this.#profiling.redirected,
        cutOff: this.#profiling.cutOff,
        calledOff: this.#profiling.calledOff,
        isInBuckets: this.#profiling.isInBuckets,
      })),
      instrument: instrumentReport(this.#load, {
        phases: this.#config.phases,
        startNs: options.startNs ?? null,
        account,
        unsent: options.unsent ?? 0,
        overdue: options.overdue ?? 0,
        reason: options.reason ?? null,
        wasCancelled,
        metrics,
        health: options.health ?? null,
        tellsSlotWaits: options.tellsSlotWaits ?? true,
      }),
      warmup,
    };
  }

  #account(issued: number): CreditAccount {
    const { account } = this.#profiling;
    return { ...account, issued: Math.max(issued, account.issued) };
  }

  #unixMs(ns: number): number | null {
    return Number.isFinite(ns) ? this.#config.epochUnixMs + ns / 1e6 : null;
  }
}

/** null where nothing was issued in a warm-up, as far as anybody knows. */
function warmupReport(
  warmup: PhaseMetrics | null,
  known: CreditAccount | undefined,
): WarmupReport | null {
  const account = known ?? warmup?.account;
  if (account === undefined || account.issued === 0) return null;
  return {
    metrics: warmup?.results().summaries() ?? [],
    errors: warmup?.errors() ?? [],
    account,
  };
}
