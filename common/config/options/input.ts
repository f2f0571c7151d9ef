import { DATASET_FORMATS, TRACE_FORMATS } from "../../model/dataset_format.ts";
import { PUBLIC_DATASETS } from "../../model/public_dataset.ts";
import { HISTORIES } from "../../model/history_source.ts";
import { option } from "../option.ts";
import { jsonPairs, objectives } from "../structured_types.ts";
import { choice, decimal, integer, text, toggle } from "../value_type.ts";

/** Longer contexts than any model has; what is longer still takes more time and memory than there is. */
const MOST_TOKENS = 10_000_000;

/** What is sent. */
export const INPUT_OPTIONS = {
  inputFile: option({
    type: text("FILE"),
    default: null,
    defaultNote: "prompts are made up",
    path: "input.file",
    commands: ["profile", "analyze-trace"],
    help: "Send the conversations of this file or trace; see docs/input_files.md.",
    shownIn: {
      "analyze-trace": {
        help: "The trace to analyse, where it is not given as FILE; see docs/traces.md.",
        defaultNote: "the FILE, which must be given then",
      },
    },
  }),
  publicDataset: option({
    type: choice(PUBLIC_DATASETS),
    default: null,
    defaultNote: "none",
    path: "input.public_dataset",
    help:
      "Send the prompts of a well-known data set, which is fetched from the Hugging Face hub once; see docs/public_datasets.md.",
  }),
  hfSubset: option({
    type: text("NAME"),
    default: null,
    defaultNote: "the usual one",
    path: "input.hf_subset",
    help: "The part of --public-dataset to use: the name of a folder of its repository.",
  }),
  customDatasetType: option({
    type: choice(DATASET_FORMATS),
    default: null,
    defaultNote: "found out from the first line",
    path: "input.custom_dataset_type",
    commands: ["profile", "analyze-trace"],
    help: "What --input-file is; a folder must be random_pool or raw_payload.",
    shownIn: {
      "analyze-trace": { help: "The format of the trace.", type: choice(TRACE_FORMATS) },
    },
  }),
  isl: option({
    type: integer({ min: 1, max: MOST_TOKENS }),
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
    defaultNote: "as --input-file says, else the server decides",
    path: "input.prompt.output_tokens.mean",
    unit: "tokens",
    aliases: ["--output-tokens-mean"],
    help:
      "Mean number of output tokens to ask for, whatever --input-file says; a server may stop earlier unless told not to (--extra-inputs ignore_eos:true).",
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
    default: null,
    defaultNote: "100, all of --input-file, or the first 1,000 of --public-dataset",
    path: "input.conversation.num_dataset_entries",
    aliases: ["--num-prompts"],
    help:
      "How many different conversations there are, of a file or a public data set the first so many; a longer run uses them again.",
  }),
  conversationTurnMean: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "input.conversation.turn.mean",
    aliases: ["--session-turns-mean"],
    help:
      "Mean number of turns of a conversation; each turn is a request with all turns before it.",
  }),
  conversationTurnStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.conversation.turn.stddev",
    aliases: ["--session-turns-stddev"],
    help: "Standard deviation of the number of turns.",
  }),
  conversationTurnDelayMean: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.conversation.turn.delay.mean",
    unit: "ms",
    aliases: ["--session-turn-delay-mean"],
    help: "Mean pause between the end of an answer and the next turn of the conversation.",
  }),
  conversationTurnDelayStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.conversation.turn.delay.stddev",
    unit: "ms",
    aliases: ["--session-turn-delay-stddev"],
    help: "Standard deviation of the pause between turns.",
  }),
  conversationTurnDelayRatio: option({
    type: decimal({ min: 0 }),
    default: 1,
    path: "input.conversation.turn.delay.ratio",
    aliases: ["--session-delay-ratio"],
    help: "Multiplies every pause between turns, also those of --input-file; 0 leaves none.",
  }),
  history: option({
    type: choice(HISTORIES),
    default: "server",
    path: "input.conversation.history",
    help:
      "What a turn's request holds of what was said before: the turns with the server's own answers, nothing, or the turns with the answers that the data set has recorded.",
  }),
  interTurnDelayCapSeconds: option({
    type: decimal({ min: 0 }),
    default: null,
    defaultNote: "no limit",
    path: "input.conversation.turn.delay.cap_seconds",
    unit: "seconds",
    help: "No pause between turns is longer, also of --input-file, after its ratio.",
  }),
  datasetSamplingStrategy: option({
    type: choice(["sequential", "random", "shuffle"]),
    default: "sequential",
    path: "input.dataset_sampling_strategy",
    help:
      "In which order prompts are used: as made, drawn with replacement, or in a new random order each round. A fixed schedule has an order of its own.",
  }),
  allowDatasetWrap: option({
    type: toggle(),
    default: true,
    path: "input.allow_dataset_wrap",
    help:
      "Use conversations again when all have been used; else the run ends then, as if there were nothing left to send.",
  }),
  randomSeed: option({
    type: integer({ min: 0 }),
    default: null,
    defaultNote: "a new one for each run",
    path: "input.random_seed",
    help:
      "Runs with the same seed send the same prompts at the same times, later turns as far as answers come in the same order; 0 is a seed.",
  }),
  extraInputs: option({
    type: jsonPairs(),
    default: null,
    path: "input.extra",
    help:
      "Added to the body of every request, as name:value pairs with commas or spaces between them, or as a JSON object; may be repeated.",
  }),
  goodput: option({
    type: objectives(),
    default: null,
    path: "input.goodput",
    help:
      'What makes a request good, as "tag:value tag:value" with values in the metric\'s own unit; goodput counts good requests only.',
  }),
};
