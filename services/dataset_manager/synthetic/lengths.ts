import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom } from "../../../common/runtime/random.ts";
import type { Normal } from "../draw.ts";

/** What the lengths of a conversation's turns are drawn from. */
export interface Lengths {
  readonly isl: Normal;
  /** null: the server decides. */
  readonly osl: Normal | null;
}

/** The lengths of the plan, or those that the conversation draws where there is a choice. */
export function lengthsOf({ seed, isl, osl, synthetic }: DatasetPlan, index: number): Lengths {
  const pairs = synthetic.lengths;
  if (pairs === null) return { isl, osl };
  const total = pairs.reduce((sum, { percent }) => sum + percent, 0);
  let left = deriveRandom(seed, `dataset.lengths.${index}`).next() * total;
  for (const pair of pairs) {
    left -= pair.percent;
    if (left < 0) return pair;
  }
  // Rounding left a little over: never to one that is not wanted at all.
  return pairs.findLast(({ percent }) => percent > 0)!;
}
