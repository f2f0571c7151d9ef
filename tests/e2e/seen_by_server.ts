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

/**
 * A machine that has far more to do than it can gets more attempts, and in the end half of the
 * requests may be so late, and of a third that much: on a grid of 50 ms that is 8 or more.
 */
const LOOSE_MS = 250;
const LOOSE_THIRD_MS = 6;

/** So many runs may be made until the server has seen the pattern. */
export const ATTEMPTS = 3;

/** The value at or below which that share of ascending values is. */
function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.ceil(ascending.length * share) - 1]!;
}

/**
 * Checks that the server's own log has the requests at their due times.
 *
 * Returns false when that is not so and there are attempts left.
 */
export function checkArrivals(
  records: readonly RequestRecord[],
  logged: readonly LoggedRequest[],
  attempt: number,
): boolean {
  const delays = records.map(({ requestId, dueNs }) => {
    const arrived = logged.find((request) => request.requestId === requestId)!;
    return arrived.receivedMs - dueNs / 1e6;
  }).sort((a, b) => a - b);
  // The clocks begin at different times: only differences can be compared.
  const median = quantile(delays, 0.5);
  const lateMs = quantile(delays, 0.75) - delays[0]!;
  const strayMs = quantile(
    delays.map((delay) => Math.abs(delay - median)).sort((a, b) => a - b),
    0.5,
  );
  if (lateMs <= TIGHT_MS && strayMs <= STRAY_MS) return true;
  if (attempt < ATTEMPTS) return false;
  const medianMs = median - delays[0]!;
  const thirdMs = quantile(delays, 1 / 3) - delays[0]!;
  const isBusy = Deno.loadavg()[0]! > 2 * navigator.hardwareConcurrency;
  assert(
    isBusy && medianMs <= LOOSE_MS && thirdMs <= LOOSE_THIRD_MS,
    `late by ${thirdMs} (a third), ${medianMs} (median), ${lateMs} ms (third quartile); ` +
      `half stray by ${strayMs} ms`,
  );
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
