import { Column } from "../../common/stats/column.ts";
import { IntegerSet } from "../../common/stats/integer_set.ts";
import type { ErrorDetails, RequestRecord } from "../../common/model/record.ts";
import type { CreditAccount, RunReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { ErrorGroups } from "./error_groups.ts";
import { LiveTally, type LiveView } from "./live_view.ts";
import { type AggregateMetric, appliesTo, type PerRequestMetric } from "./metrics/metric.ts";
import { METRICS, PER_REQUEST_METRICS } from "./metrics/metric_table.ts";
import type { RequestFacts } from "./metrics/request_facts.ts";
import { countTokens, type TokenCounter } from "./metrics/token_counts.ts";
import { Objectives } from "./objectives.ts";
import { MetricResults } from "./metric_results.ts";
import { warningsFor } from "./warnings.ts";

/**
 * The metric values of one request, in the order of `PER_REQUEST_METRICS`.
 *
 * In the units of the formulas (nanoseconds); null where the request has no value.
 */
export type RequestMetrics = readonly (number | readonly number[] | null)[];

/** What the accumulator needs to know of the run. */
export type AccumulatorConfig = Pick<
  RunConfig,
  "benchmarkId" | "epochUnixMs" | "endpoint" | "goodput"
>;

/** What the report takes from outside of the records. */
export interface ReportOptions {
  readonly wasCancelled: boolean;
  /** What became of the credits of the profiling phase; without it, that of the records seen. */
  readonly account?: CreditAccount;
  /** Bounds of the profiling phase since the run's epoch; without them, those of the records. */
  readonly startNs?: number;
  readonly endNs?: number;
}

/**
 * Turns records into metrics as they come, and into the report at the end.
 *
 * Keeps numbers, never records: a million requests of 16 chunks take some 250 MB. Records of the
 * warm-up and second records of a credit change nothing.
 */
export class MetricsAccumulator {
  readonly #config: AccumulatorConfig;
  readonly #tokenizer: () => TokenCounter;
  readonly #objectives: Objectives;
  readonly #seen = new IntegerSet();
  readonly #columns: readonly Column[] = PER_REQUEST_METRICS.map(() => new Column());
  readonly #aggregates: readonly Aggregate[] = METRICS
    .filter((metric) => metric.kind === "aggregate")
    .map((metric) => ({ metric, value: metric.initial }));
  readonly #errors = new ErrorGroups();
  readonly #live = new LiveTally();
  readonly #account = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
  #warmupRecords = 0;
  #uncounted = 0;
  #firstSentNs = Infinity;
  #lastEndNs = -Infinity;

  /**
   * `tokenizer` is called only when text is to be counted, see `needsTokenizer`.
   *
   * Throws a RangeError for an objective on something that requests have no value of.
   */
  constructor(config: AccumulatorConfig, tokenizer: () => TokenCounter) {
    this.#config = config;
    this.#tokenizer = tokenizer;
    this.#objectives = new Objectives(config.goodput);
  }

  /** How many records of the warm-up came by. */
  get warmupRecords(): number {
    return this.#warmupRecords;
  }

  /** Takes a record in; null when it does not count (warm-up, or the credit's second record). */
  add(record: RequestRecord): RequestMetrics | null {
    if (!this.#seen.add(record.creditId)) return null;
    if (record.phase === "warmup") {
      this.#warmupRecords++;
      return null;
    }
    const source = this.#config.endpoint.tokenCountSource;
    const facts = { record, tokens: countTokens(record, source, this.#tokenizer) };
    const values = PER_REQUEST_METRICS.map((metric) => valueFor(metric, facts));
    this.#keep(values);
    this.#aggregate(facts, values);
    this.#note(facts);
    return values;
  }

  /** Where the run stands; `nowNs`: since the run's epoch. */
  live(nowNs: number): LiveView {
    return this.#live.view(nowNs);
  }

  /** The result so far; may be asked for more than once. */
  report(options: ReportOptions): RunReport {
    const results = new MetricResults(
      new Map(PER_REQUEST_METRICS.map((metric, i) => [metric.tag, this.#columns[i]!])),
      new Map(this.#aggregates.map(({ metric, value }) => [metric.tag, value])),
    );
    const account = options.account ?? { ...this.#account };
    return {
      benchmarkId: this.#config.benchmarkId,
      metrics: results.summaries(),
      errors: this.#errors.counts(),
      account,
      startUnixMs: this.#unixMs(options.startNs ?? this.#firstSentNs),
      endUnixMs: this.#unixMs(options.endNs ?? this.#lastEndNs),
      wasCancelled: options.wasCancelled,
      warnings: warningsFor({
        account,
        wasCancelled: options.wasCancelled,
        oslMismatches: results.scalar("osl_mismatch_count"),
        usageDiscrepancies: results.scalar("usage_discrepancy_count"),
        uncounted: this.#uncounted,
      }),
    };
  }

  #keep(values: RequestMetrics): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const column = this.#columns[i]!;
      if (typeof value === "number") column.push(value);
      else if (value !== null) { for (const one of value) column.push(one); }
    }
  }

  #aggregate(facts: RequestFacts, values: RequestMetrics): void {
    const judged = { ...facts, good: this.#objectives.judge(facts.record, values) };
    for (const aggregate of this.#aggregates) {
      const value = aggregate.metric.value(judged);
      if (value === null) continue;
      const before = aggregate.value;
      aggregate.value = before === null ? value : combine(aggregate.metric, before, value);
    }
  }

  #note({ record, tokens }: RequestFacts): void {
    this.#live.add(record);
    this.#account.issued++;
    this.#account[ACCOUNT_OF[record.outcome]]++;
    if (record.outcome === "success") {
      const isUncounted = tokens.total === null && record.chunksAfterNs.length > 0;
      if (isUncounted && this.#config.endpoint.tokenCountSource === "server") this.#uncounted++;
    } else this.#errors.add(record.error ?? UNEXPLAINED);
    if (record.sentNs === null) return;
    this.#firstSentNs = Math.min(this.#firstSentNs, record.sentNs);
    this.#lastEndNs = Math.max(this.#lastEndNs, record.sentNs + (record.endAfterNs ?? 0));
  }

  #unixMs(ns: number): number | null {
    return Number.isFinite(ns) ? this.#config.epochUnixMs + ns / 1e6 : null;
  }
}

interface Aggregate {
  readonly metric: AggregateMetric;
  value: number | null;
}

const ACCOUNT_OF = {
  success: "succeeded",
  error: "failed",
  cancelled: "cancelled",
  lost: "lost",
} as const;

const UNEXPLAINED: ErrorDetails = {
  code: null,
  type: "Unknown",
  message: "The record does not say why the request failed",
};

/** What a formula makes of a request; what is no finite number is as good as no value. */
function valueFor(
  metric: PerRequestMetric,
  facts: RequestFacts,
): number | readonly number[] | null {
  if (!appliesTo(metric, facts)) return null;
  const value = metric.value(facts);
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

function combine(metric: AggregateMetric, before: number, value: number): number {
  if (metric.combine === "min") return Math.min(before, value);
  return metric.combine === "max" ? Math.max(before, value) : before + value;
}
