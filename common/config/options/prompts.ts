import { CACHE_BUSTS } from "../../model/marker_place.ts";
import { PROMPT_CORPORA } from "../../model/prompt_corpus.ts";
import { option } from "../option.ts";
import { sequenceDistribution } from "../sequence_distribution.ts";
import { choice, integer } from "../value_type.ts";

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
  promptCorpus: option({
    type: choice(PROMPT_CORPORA),
    default: "words",
    path: "input.prompt.corpus",
    help:
      "What made-up texts consist of: common English words, lines of Shakespeare's sonnets, lines of code, or any words of the tokenizer's vocabulary.",
  }),
  promptBatchSize: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "input.prompt.batch_size",
    aliases: ["-b", "--batch-size-text", "--batch-size"],
    help: "How many texts a turn has, each of the length of --isl; several inputs of an embedding.",
  }),
  numPrefixPrompts: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "input.prompt.prefix_prompt.pool_size",
    aliases: ["--prompt-prefix-pool-size", "--prefix-prompt-pool-size"],
    help:
      "How many different texts of --prefix-prompt-length there are: each conversation begins with one of them, on top of --isl.",
  }),
  prefixPromptLength: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "input.prompt.prefix_prompt.length",
    unit: "tokens",
    aliases: ["--prompt-prefix-length"],
    help: "Length of each text of --num-prefix-prompts.",
  }),
  sharedSystemPromptLength: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "input.prompt.prefix_prompt.shared_system_prompt_length",
    unit: "tokens",
    help: "Length of a system prompt that all conversations have in common; 0: there is none.",
  }),
  userContextPromptLength: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "input.prompt.prefix_prompt.user_context_prompt_length",
    unit: "tokens",
    help:
      "Length of a message of the user that each conversation has for itself, in front of its turns; 0: there is none.",
  }),
  cacheBust: option({
    type: choice(CACHE_BUSTS),
    default: "none",
    path: "input.prompt.cache_bust",
    help:
      "Gives each session a few words of its own, at either end of the system prompt or of the first turn, so that the server's prefix cache cannot know it.",
  }),
};
