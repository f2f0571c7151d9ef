import type { Phase } from "../../common/model/credit.ts";
import { createSampler, type SamplingPlan } from "../../common/model/sampler.ts";
import type { EntryCount } from "./known_entries.ts";

/** The same as a `Sampler` where the data set is still being looked through; null: not known yet. */
export type EarlySampler = (index: number) => number | null;

/** What matters for the choice where the data set may still be looked through. */
export interface EarlySamplingPlan extends SamplingPlan {
  /** Whether entries are used again when all have been; absent: they are. */
  readonly wraps?: boolean;
  /** How many entries there are as more come to be known; absent: as many as `entries` says. */
  readonly known?: EntryCount;
}

/** Whether a phase can begin before it is known how many entries there are. */
export function canBeginEarly(
  { sampling }: Pick<EarlySamplingPlan, "sampling">,
  phase: Phase,
): boolean {
  return sampling === "sequential" && phase === "profiling";
}

/** How many sessions there may be because no entry is used twice; Infinity: no limit, or not yet. */
export function sessionsWithoutWrap({ wraps = true, known, entries }: EarlySamplingPlan): number {
  if (wraps) return Infinity;
  if (known === undefined) return entries;
  return known.isFinal ? known.count : Infinity;
}

/** Makes the sampler of a phase that may begin before it is known how many entries there are. */
export function createEarlySampler(plan: EarlySamplingPlan, phase: Phase): EarlySampler {
  const { known } = plan;
  if (known === undefined) return createSampler(plan, phase);
  if (!canBeginEarly(plan, phase)) return createSampler({ ...plan, entries: known.count }, phase);
  return (index) => {
    if (index < known.count) return index;
    return known.isFinal ? index % known.count : null;
  };
}
