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
}

/**
 * How many requests were in flight, weighted by time; null when none was sent.
 *
 * The run as a whole fills up at its start and empties at its end. Whether the concurrency was kept
 * shows between: from when every slot is open and in use to the last sending.
 */
export function concurrencyReport(
  { sentNs, endNs }: Pick<SentRequests, "sentNs" | "endNs">,
  { concurrency }: LoadFacts,
  { steadyFromNs, hasLaterTurns }: ConcurrencyOptions,
): ConcurrencyReport | null {
  if (sentNs.length === 0) return null;
  const open = { starts: sentNs, ends: endNs };
  const sorted = sentNs.toSorted();
  const whole = { from: sorted[0]!, to: endNs.reduce((latest, end) => Math.max(latest, end)) };
  const max = maxOpen(open);
  const avg = whole.to > whole.from ? averageOpen(open, whole) : max;
  const fullNs = concurrency === null ? undefined : sorted[concurrency - 1];
  if (fullNs === undefined || hasLaterTurns) return { asked: concurrency, avg, max, steady: null };
  const steady = { from: Math.max(fullNs, steadyFromNs), to: sorted.at(-1)! };
  const windowMs = (steady.to - steady.from) / 1e6;
  return {
    asked: concurrency,
    avg,
    max,
    steady: windowMs <= 0 ? null : { avg: averageOpen(open, steady), windowMs },
  };
}
