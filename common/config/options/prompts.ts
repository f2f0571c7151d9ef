import { option } from "../option.ts";
import { sequenceDistribution } from "../sequence_distribution.ts";

/** What made-up prompts are like beside their mean length. */
export const PROMPT_OPTIONS = {
  seqDist: option({
    type: sequenceDistribution(),
    default: null,
    defaultNote: "as --isl and --osl say",
    path: "input.prompt.sequence_distribution",
    aliases: ["--sequence-distribution"],
    help:
      'Lengths of prompts and answers that go together, "ISL|stddev,OSL|stddev:percent;…": each conversation draws one pair; see docs/synthetic_data.md.',
  }),
};
