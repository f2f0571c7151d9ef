import { assert } from "@std/assert";
import type { RequestRecord } from "../../common/model/record.ts";
import type { LoggedRequest } from "../../services/mock_server/request_log.ts";

/** Three quarters of the requests reach the server so soon after they are due. */
const TIGHT_MS = 60;

/**
 * Half of the requests stray less from where the pattern has them, whatever the way to the server
 * takes: a client that sends on a grid of 50 ms makes it 10 or more.
 */
const STRAY_MS = 5;

/** So far may the time on the way to the server stray, of half of the requests, on any machine. */
const WAY_MS = 250;

/** So many runs may be made until the server has seen the pattern. */
export const ATTEMPTS = 3;

/** A run, and what the server has logged of it. */
export interface Seen {
  readonly records: readonly RequestRecord[];
  readonly logged: readonly LoggedRequest[];
  /** Why the machine may have kept the requests from being in time; empty: it had no part in it. */
  readonly strains: readonly string[];
}

/** The value at or below which that share of ascending values is. */
function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.ceil(ascending.length * share) - 1]!;
}

/** How far half of the values are from the median, at most. */
function strayOf(values: readonly number[]): number {
  const median = quantile(values.toSorted((a, b) => a - b), 0.5);
  return quantile(values.map((value) => Math.abs(value - median)).sort((a, b) => a - b), 0.5);
}

/**
 * Checks that the server's own log has the requests at their due times.
 *
 * Returns false when that is not so and there are attempts left. After the last one it must have
 * been the machine that made them late, and the times of the records must be what the server saw.
 */
export function checkArrivals({ records, logged, strains }: Seen, attempt: number): boolean {
  // The clocks begin at different times: only differences can be compared.
  const arrivals = records.map(({ requestId, dueNs, sentNs }) => {
    const arrived = logged.find((request) => request.requestId === requestId);
    assert(arrived !== undefined && sentNs !== null, `the server has not seen ${requestId}`);
    const atMs = arrived!.receivedMs;
    return { delayMs: atMs - dueNs / 1e6, wayMs: atMs - sentNs! / 1e6 };
  });
  const delays = arrivals.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  const lateMs = quantile(delays, 0.75) - delays[0]!;
  const strayMs = strayOf(delays);
  if (lateMs <= TIGHT_MS && strayMs <= STRAY_MS) return true;
  if (attempt < ATTEMPTS) return false;
  const said = `three quarters late by ${lateMs} ms, half stray by ${strayMs} ms`;
  assert(strains.length > 0, `${said}, and the machine had no part in it`);
  const wayMs = strayOf(arrivals.map((one) => one.wayMs));
  assert(wayMs <= WAY_MS, `${said}; the way to the server took ${wayMs} ms more or less`);
  return true;
}

/** When something began and ended, on any clock. */
export type Interval = readonly [start: number, end: number];

/** The most that were open at the same time. */
export function mostOpen(intervals: readonly Interval[]): number {
  const events = intervals
    .flatMap(([start, end]) => [{ at: start, change: 1 }, { at: end, change: -1 }])
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let open = 0;
  return Math.max(...events.map(({ change }) => open += change));
}
