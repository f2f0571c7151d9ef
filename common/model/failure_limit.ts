import type { CreditAccount } from "./report.ts";
import type { PhasePlan } from "./run_config.ts";

/**
 * Whether so many of a phase's requests have failed that it is to end.
 *
 * Lost requests count as failed; what the tool itself cut off does not count at all.
 */
export function isOverFailureLimit(
  limit: PhasePlan["failureLimit"],
  { succeeded, failed, lost }: Pick<CreditAccount, "succeeded" | "failed" | "lost">,
): boolean {
  if (limit === null) return false;
  const ended = succeeded + failed + lost;
  return ended >= limit.armedAfter && failed + lost > limit.ratio * ended;
}

/** The same when no more requests can make up for those that have failed, however few there were. */
export function endsOverFailureLimit(
  limit: PhasePlan["failureLimit"],
  account: Pick<CreditAccount, "succeeded" | "failed" | "lost">,
): boolean {
  return isOverFailureLimit(limit && { ...limit, armedAfter: 0 }, account);
}
