import type { OptionKey } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import { type Candidate, isDeliberate, nameOf, problem, type Rule, uselessWith } from "./rule.ts";

/** What only made-up conversations depend on. */
const SYNTHETIC_DETAILS: readonly OptionKey[] = [
  "isl",
  "islStddev",
  "seqDist",
  "promptBatchSize",
  "numPrefixPrompts",
  "prefixPromptLength",
  "sharedSystemPromptLength",
  "userContextPromptLength",
  "conversationTurnMean",
  "conversationTurnStddev",
  "conversationTurnDelayMean",
  "conversationTurnDelayStddev",
];

/** What must hold between the options of made-up conversations and others. */
export const SYNTHETIC_RULES: readonly Rule[] = [
  ...SYNTHETIC_DETAILS.map((key) => uselessWith(key, "inputFile")),
  ...SYNTHETIC_DETAILS.map((key) => uselessWith(key, "publicDataset")),
  ...(["isl", "islStddev", "osl", "oslStddev"] as const).map(contradictsSeqDist),
  { about: ["numPrefixPrompts", "prefixPromptLength"], check: checkPrefixes },
];

function checkPrefixes(candidate: Candidate): Problem[] {
  const { numPrefixPrompts, prefixPromptLength } = candidate.values;
  if (numPrefixPrompts > 0 && prefixPromptLength === 0) {
    return [problem(candidate, "numPrefixPrompts", "needs --prefix-prompt-length above 0")];
  }
  if (numPrefixPrompts > 0 || prefixPromptLength === 0) return [];
  return [problem(candidate, "prefixPromptLength", "needs --num-prefix-prompts above 0")];
}

function contradictsSeqDist(key: OptionKey): Rule {
  return {
    about: [key, "seqDist"],
    check: (candidate) => {
      if (candidate.values.seqDist === null || !isDeliberate(candidate, key)) return [];
      const message = `contradicts ${nameOf(candidate, "seqDist")}, which says all lengths`;
      return [problem(candidate, key, message)];
    },
  };
}
