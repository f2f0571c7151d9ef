import { Distribution } from "../../common/stats/distribution.ts";
import { countsNothing } from "../../common/model/completion_count.ts";
import {
  CALLED_OFF_AT_END,
  CUT_OFF_AT_END,
  type ErrorDetails,
  type Redirection,
  type RequestRecord,
} from "../../common/model/record.ts";
import type { CreditAccount, ErrorCount } from "../../common/model/report.ts";
import { ErrorGroups } from "./error_groups.ts";
import { MetricResults } from "./metric_results.ts";
import { type AggregateMetric, appliesTo, type PerRequestMetric } from "./metrics/metric.ts";
import { METRICS, PER_REQUEST_METRICS } from "./metrics/metric_table.ts";
import type { RequestFacts } from "./metrics/request_facts.ts";
import { countTokens, type TokenCounter, type TokenCountSource } from "./metrics/token_counts.ts";
import type { Objectives } from "./objectives.ts";

/**
 * The metric values of one request, in the order of `PER_REQUEST_METRICS`.
 *
 * In the units of the formulas (nanoseconds); null where the request has no value.
 */
export type RequestMetrics = readonly (number | readonly number[] | null)[];

/**
 * Percentiles over the requests of a phase are exact up to so many of them, and those over the pieces
 * of all answers up to so many pieces: some 25 MB. More are kept in buckets, so that a run may last
 * for as long as it likes.
 */
export const MOST_EXACT_REQUESTS = 100_000;
export const MOST_EXACT_PIECES = 1_000_000;

/** A stream of fewer pieces of content may come at once by chance. */
const FEWEST_PIECES = 4;

/** Pieces that come so soon one after the other were sent together, though not read at once. */
const TOGETHER_NS = 0.2e6;

/** How the streams of the successful requests came, and how they ended. */
export interface StreamFacts {
  readonly all: number;
  /** Without the server's word that the answer was complete, where its API has one. */
  readonly openEnded: number;
  /** With four pieces of content and more. */
  readonly long: number;
  /** Those of them of which at least half of the pieces came together with the piece before. */
  readonly bunched: number;
}

/** What servers sent elsewhere. */
export interface RedirectedRequests {
  readonly count: number;
  /** The first of them; null: there is none. */
  readonly first: Redirection | null;
}

/** What the metrics of a phase are computed with. */
export interface PhaseMetricsOptions {
  readonly tokenCountSource: TokenCountSource;
  /** Called only when text is to be counted, see `needsTokenizer`. */
  readonly tokenizer: () => TokenCounter | null;
  readonly objectives: Objectives;
}

/** Turns the records of one phase into metrics as they come; keeps numbers, never records. */
export class PhaseMetrics {
  readonly #options: PhaseMetricsOptions;
  readonly #columns: readonly Distribution[] = PER_REQUEST_METRICS.map(({ kind }) =>
    new Distribution(kind === "record" ? MOST_EXACT_REQUESTS : MOST_EXACT_PIECES)
  );
  readonly #aggregates: readonly Aggregate[] = METRICS
    .filter((metric) => metric.kind === "aggregate")
    .map((metric) => ({ metric, value: metric.initial }));
  readonly #errors = new ErrorGroups();
  readonly #account = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
  #uncounted = 0;
  #countedAsNothing = 0;
  readonly #streams = { all: 0, openEnded: 0, long: 0, bunched: 0 };
  #redirected: RedirectedRequests = { count: 0, first: null };
  #cutOff = 0;
  #calledOff = 0;
  #firstSentNs = Infinity;
  #lastEndNs = -Infinity;

  constructor(options: PhaseMetricsOptions) {
    this.#options = options;
  }

  /** What became of the requests seen. */
  get account(): CreditAccount {
    return { ...this.#account };
  }

  /** Successful requests whose output tokens nobody could count. */
  get uncounted(): number {
    return this.#uncounted;
  }

  /** Successful requests whose server says that their answers, which have content, have 0 tokens. */
  get countedAsNothing(): number {
    return this.#countedAsNothing;
  }

  /** Successful requests with streams. */
  get streams(): StreamFacts {
    return { ...this.#streams };
  }

  /** Requests that a server sent elsewhere. */
  get redirected(): RedirectedRequests {
    return this.#redirected;
  }

  /** Requests that the end of the run cut off; others were cancelled because they were to be. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** Those of them that had not been sent yet. */
  get calledOff(): number {
    return this.#calledOff;
  }

  /** Whether there was so much that percentiles come from buckets. */
  get isInBuckets(): boolean {
    return this.#columns.some(({ isExact }) => !isExact);
  }

  /** The first sending and the last end since the run's epoch; infinite when nothing was sent. */
  get bounds(): { readonly startNs: number; readonly endNs: number } {
    return { startNs: this.#firstSentNs, endNs: this.#lastEndNs };
  }

  /** Takes a record in. */
  add(record: RequestRecord): RequestMetrics {
    const { tokenCountSource, tokenizer } = this.#options;
    const facts = { record, tokens: countTokens(record, tokenCountSource, tokenizer) };
    const values = PER_REQUEST_METRICS.map((metric) => valueFor(metric, facts));
    this.#keep(values);
    this.#aggregate(facts, values);
    this.#note(facts);
    return values;
  }

  /** Every metric so far; may be asked for more than once. */
  results(): MetricResults {
    return new MetricResults(
      new Map(PER_REQUEST_METRICS.map((metric, i) => [metric.tag, this.#columns[i]!])),
      new Map(this.#aggregates.map(({ metric, value }) => [metric.tag, value])),
    );
  }

  /** Every kind of error, the most frequent first. */
  errors(): ErrorCount[] {
    return this.#errors.counts();
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
    const judged = { ...facts, good: this.#options.objectives.judge(facts.record, values) };
    for (const aggregate of this.#aggregates) {
      const value = aggregate.metric.value(judged);
      if (value === null) continue;
      const before = aggregate.value;
      aggregate.value = before === null ? value : combine(aggregate.metric, before, value);
    }
  }

  #noteStream({ isOpenEnded, chunksAfterNs }: RequestRecord): void {
    this.#streams.all++;
    if (isOpenEnded) this.#streams.openEnded++;
    if (chunksAfterNs.length < FEWEST_PIECES) return;
    this.#streams.long++;
    if (isBunched(chunksAfterNs)) this.#streams.bunched++;
  }

  #note({ record, tokens }: RequestFacts): void {
    this.#account.issued++;
    this.#account[ACCOUNT_OF[record.outcome]]++;
    if (record.outcome === "success") {
      const isUncounted = tokens.total === null && record.chunksAfterNs.length > 0;
      if (isUncounted && this.#options.tokenCountSource === "server") this.#uncounted++;
      if (countsNothing(record)) this.#countedAsNothing++;
      if (record.streaming) this.#noteStream(record);
    } else {
      this.#errors.add(record.error ?? UNEXPLAINED);
      if (AT_END.has(record.error?.message)) this.#cutOff++;
      if (record.error?.message === CALLED_OFF_AT_END.message) this.#calledOff++;
    }
    // Where a server redirects for ever, there is no way around it to be told: its error says so.
    if (record.redirection !== undefined && record.error?.type !== REDIRECTED_FOR_EVER) {
      const { count, first } = this.#redirected;
      this.#redirected = { count: count + 1, first: first ?? record.redirection };
    }
    if (record.sentNs === null) return;
    this.#firstSentNs = Math.min(this.#firstSentNs, record.sentNs);
    this.#lastEndNs = Math.max(this.#lastEndNs, record.sentNs + (record.endAfterNs ?? 0));
  }
}

/** Whether a stream came in bunches, as by way of a proxy that holds answers back. */
function isBunched(chunksAfterNs: readonly number[]): boolean {
  let together = 0;
  for (let i = 1; i < chunksAfterNs.length; i++) {
    if (chunksAfterNs[i]! - chunksAfterNs[i - 1]! < TOGETHER_NS) together++;
  }
  return together * 2 >= chunksAfterNs.length;
}

/** The error type of requests whose redirects lead nowhere. */
const REDIRECTED_FOR_EVER = "TooManyRedirects";

/** What is written of those that the end of the run stopped. */
const AT_END = new Set<string | undefined>([CUT_OFF_AT_END.message, CALLED_OFF_AT_END.message]);

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
