import type { PhasePlan } from "../../common/model/run_config.ts";
import type { PhaseAccount } from "./credit_ledger.ts";

/**
 * Whether so many of a phase's requests have failed that it is to end.
 *
 * Lost requests count as failed; what the tool itself cut off does not count at all.
 */
export function isOverFailureLimit(
  limit: PhasePlan["failureLimit"],
  { succeeded, failed, lost }: Pick<PhaseAccount, "succeeded" | "failed" | "lost">,
): boolean {
  if (limit === null) return false;
  const ended = succeeded + failed + lost;
  return ended >= limit.armedAfter && failed + lost > limit.ratio * ended;
}
