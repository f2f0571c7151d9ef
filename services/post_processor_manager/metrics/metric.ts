import type { JudgedFacts, RequestFacts } from "./request_facts.ts";
import type { Unit } from "./unit.ts";

/**
 * What is special about a metric.
 *
 * - `streaming`: only for requests whose answer is streamed.
 * - `unsuccessful`: only for requests that did not succeed; any other is for those that did.
 * - `larger_is_better`: an objective is a lower limit; for any other it is an upper limit.
 */
export type MetricFlag = "streaming" | "unsuccessful" | "larger_is_better";

interface MetricBase {
  /** The key in every export. */
  readonly tag: string;
  /** The name that people read, without the unit. */
  readonly header: string;
  readonly unit: Unit;
  /** Place in the console table, ascending; null: exports only. */
  readonly consoleOrder: number | null;
  readonly flags: readonly MetricFlag[];
}

/** One number for each request, summarised as a distribution. */
export interface RecordMetric extends MetricBase {
  readonly kind: "record";
  /** null: this request has none. */
  readonly value: (facts: RequestFacts) => number | null;
}

/** Several numbers for each request; those of all requests are pooled into one distribution. */
export interface RecordListMetric extends MetricBase {
  readonly kind: "record_list";
  /** null: this request has none. */
  readonly value: (facts: RequestFacts) => readonly number[] | null;
}

/** One number for the run, carried along from request to request, whatever their outcome. */
export interface AggregateMetric extends MetricBase {
  readonly kind: "aggregate";
  readonly combine: "sum" | "min" | "max";
  /** What it is before the first request; null: absent. */
  readonly initial: number | null;
  /** null: this request changes nothing. */
  readonly value: (facts: JudgedFacts) => number | null;
}

/** One number for the run, computed from others; absent when one of them is. */
export interface DerivedMetric extends MetricBase {
  readonly kind: "derived";
  /** Tags of single-number metrics that stand before this one in the table. */
  readonly from: readonly string[];
  readonly value: (...inputs: number[]) => number | null;
}

/** One number for the run: the sum of a metric over its requests; absent when there are none. */
export interface DerivedSumMetric extends MetricBase {
  readonly kind: "derived_sum";
  /** The tag of a `record` metric. */
  readonly of: string;
}

/** A row of the metric table. */
export type Metric =
  | RecordMetric
  | RecordListMetric
  | AggregateMetric
  | DerivedMetric
  | DerivedSumMetric;

/** A metric that each request has its own value of. */
export type PerRequestMetric = RecordMetric | RecordListMetric;

/** A stream of pictures, each better than the one before, has neither tokens nor a first one. */
function streamsTokens({ streaming, media }: RequestFacts["record"]): boolean {
  return streaming && (media === null || media.imagesMade === 0);
}

/** Whether a metric is computed for a request at all. */
export function appliesTo(metric: PerRequestMetric, { record }: RequestFacts): boolean {
  if (metric.flags.includes("streaming") && !streamsTokens(record)) return false;
  return metric.flags.includes("unsuccessful") !== (record.outcome === "success");
}
