import type { ConcurrencyReport } from "../../../common/model/instrument.ts";
import { averageOpen, maxOpen } from "../../../common/stats/time_weighted.ts";
import type { LoadFacts } from "./load_facts.ts";
import type { SentRequests } from "./load_tally.ts";

/** What is known of the phase besides its requests. */
export interface ConcurrencyOptions {
  /** Requests that were sent before are cold, or of the time in which the slots opened. */
  readonly steadyFromNs: number;
  /** Slots are kept by sessions, which may pause between their turns. */
  readonly hasLaterTurns: boolean;
  /** The most of these at the same time. */
  readonly mostSessions: number;
}

/**
 * How many requests were in flight, weighted by time; null when none was sent.
 *
 * The run as a whole fills up at its start and empties at its end. Whether the concurrency was kept
 * shows between: from when every slot is open and in use to the last sending.
 */
export function concurrencyReport(
  { dueNs, sentNs, endNs }: Pick<SentRequests, "dueNs" | "sentNs" | "endNs">,
  { concurrency, prefillLimit }: LoadFacts,
  { steadyFromNs, hasLaterTurns, mostSessions }: ConcurrencyOptions,
): ConcurrencyReport | null {
  if (sentNs.length === 0) return null;
  const open = { starts: sentNs, ends: endNs };
  const sorted = sentNs.toSorted();
  const whole = { from: sorted[0]!, to: endNs.reduce((latest, end) => Math.max(latest, end)) };
  const max = maxOpen(open);
  const avg = whole.to > whole.from ? averageOpen(open, whole) : max;
  const fullNs = concurrency === null ? undefined : sorted[concurrency - 1];
  const none = { asked: concurrency, avg, max, steady: null };
  if (concurrency === null || fullNs === undefined) return none;
  if (hasLaterTurns && (prefillLimit !== null || mostSessions < concurrency)) return none;
  const steady = { from: Math.max(fullNs, steadyFromNs), to: sorted.at(-1)! };
  const windowMs = (steady.to - steady.from) / 1e6;
  if (windowMs <= 0) return none;
  const steadyAvg = averageOpen(open, steady);
  // By what was due and not sent: pauses take slots, too, and at the end there may be no turns left.
  const waiting = { starts: dueNs, ends: sentNs };
  const used = hasLaterTurns ? concurrency - averageOpen(waiting, steady) : steadyAvg;
  return { ...none, steady: { avg: steadyAvg, used, windowMs } };
}
