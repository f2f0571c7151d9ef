import type { RequestRecord } from "../../../common/model/record.ts";
import type { TokenCounts } from "./token_counts.ts";

/** What the formula of one request's metric may look at. */
export interface RequestFacts {
  readonly record: RequestRecord;
  readonly tokens: TokenCounts;
}

/** The same once the request has been held against the service level objectives. */
export interface JudgedFacts extends RequestFacts {
  /** Whether every objective is met; null when the run has none. */
  readonly good: boolean | null;
}

/** The quotient; null where it has no meaning. */
export function ratio(dividend: number | null, divisor: number | null): number | null {
  if (dividend === null || divisor === null || divisor === 0) return null;
  return dividend / divisor;
}

/** The difference; null where a side is missing. */
export function difference(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left - right;
}
