import { TIKTOKEN_ENCODINGS } from "../../tokenizer/load_tokenizer.ts";
import { option } from "../option.ts";
import { jsonPairs, objectives } from "../structured_types.ts";
import { choice, decimal, integer } from "../value_type.ts";

/** What is sent. */
export const INPUT_OPTIONS = {
  isl: option({
    type: integer({ min: 1 }),
    default: 550,
    path: "input.prompt.input_tokens.mean",
    unit: "tokens",
    aliases: ["--synthetic-input-tokens-mean", "--prompt-input-tokens-mean"],
    help: "Mean length of the prompts (input sequence length).",
  }),
  islStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.prompt.input_tokens.stddev",
    unit: "tokens",
    aliases: ["--synthetic-input-tokens-stddev", "--prompt-input-tokens-stddev"],
    help: "Standard deviation of the prompts' length.",
  }),
  osl: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "the server decides",
    path: "input.prompt.output_tokens.mean",
    unit: "tokens",
    aliases: ["--output-tokens-mean"],
    help:
      "Mean number of output tokens to ask for; a server may stop earlier unless told not to (--extra-inputs ignore_eos:true).",
  }),
  oslStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.prompt.output_tokens.stddev",
    unit: "tokens",
    aliases: ["--output-tokens-stddev"],
    help: "Standard deviation of the number of output tokens to ask for.",
  }),
  numDatasetEntries: option({
    type: integer({ min: 1 }),
    default: 100,
    path: "input.conversation.num_dataset_entries",
    aliases: ["--num-prompts"],
    help: "How many different prompts there are; a longer run uses them again.",
  }),
  datasetSamplingStrategy: option({
    type: choice(["sequential", "random", "shuffle"]),
    default: "sequential",
    path: "input.dataset_sampling_strategy",
    help:
      "In which order prompts are used: as made, drawn with replacement, or in a new random order each round.",
  }),
  randomSeed: option({
    type: integer({ min: 0 }),
    default: null,
    defaultNote: "a new one for each run",
    path: "input.random_seed",
    help: "Runs with the same seed send the same prompts at the same times; 0 is a seed.",
  }),
  tokenizer: option({
    type: choice(["builtin", ...TIKTOKEN_ENCODINGS]),
    default: "builtin",
    path: "tokenizer.name",
    help: "Counts the tokens of prompts and answers; builtin is o200k_base and needs no network.",
  }),
  extraInputs: option({
    type: jsonPairs(),
    default: null,
    path: "input.extra",
    help:
      "Added to the body of every request, as name:value pairs or a JSON object; may be repeated.",
  }),
  goodput: option({
    type: objectives(),
    default: null,
    path: "input.goodput",
    help:
      'What makes a request good, as "tag:value tag:value" with values in the metric\'s own unit; goodput counts good requests only.',
  }),
};
