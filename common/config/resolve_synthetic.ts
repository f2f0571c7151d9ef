import type { SyntheticPlan } from "../model/synthetic_plan.ts";
import type { OptionValues } from "./option_table.ts";

/** What made-up conversations are like, as the options say. */
export function resolveSynthetic(values: OptionValues): SyntheticPlan {
  return { lengths: values.seqDist === null ? null : [...values.seqDist] };
}
