import type { SyntheticPlan } from "../model/synthetic_plan.ts";
import type { OptionValues } from "./option_table.ts";

/** What made-up conversations are like, as the options say. */
export function resolveSynthetic(values: OptionValues): SyntheticPlan {
  const { numPrefixPrompts, prefixPromptLength } = values;
  return {
    lengths: values.seqDist === null ? null : [...values.seqDist],
    prefixes: numPrefixPrompts === 0
      ? null
      : { count: numPrefixPrompts, tokens: prefixPromptLength },
    systemTokens: values.sharedSystemPromptLength,
    contextTokens: values.userContextPromptLength,
    textsPerTurn: values.promptBatchSize,
  };
}
