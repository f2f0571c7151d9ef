import { option } from "../option.ts";
import { choice, decimal, integer, toggle } from "../value_type.ts";

/** How an input file is read, and what is made of a recorded trace. */
export const TRACE_OPTIONS = {
  skipBadLines: option({
    type: toggle(),
    default: false,
    path: "input.skip_bad_lines",
    commands: ["profile", "analyze-trace"],
    help:
      "Leave out lines of --input-file that cannot be used, and say how many, instead of ending the run.",
    shownIn: {
      "analyze-trace": {
        help:
          "Leave out lines of the trace that cannot be used, and name them, instead of ending with an error.",
        group: "Input",
      },
    },
  }),
  islBlockSize: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "512, or 16 for bailian_trace",
    path: "input.prompt.input_tokens.block_size",
    unit: "tokens",
    aliases: ["--prompt-input-tokens-block-size", "--synthetic-input-tokens-block-size"],
    help: "Length of the blocks that the hash_ids of a trace stand for.",
  }),
  traceHistory: option({
    type: choice(["delta", "cumulative"]),
    default: null,
    defaultNote: "delta, with a warning where the rows look cumulative",
    path: "input.trace_history",
    help:
      "What a row of a session of a trace holds: the new turn alone, to which what was said before is added, or all that was sent.",
  }),
  synthesisSpeedupRatio: option({
    type: decimal({ min: 0, above: true }),
    default: 1,
    path: "input.synthesis.speedup_ratio",
    help: "Divides all times of a trace: 2 replays it twice as fast.",
  }),
  synthesisPrefixLenMultiplier: option({
    type: decimal({ min: 0 }),
    default: 1,
    path: "input.synthesis.prefix_len_multiplier",
    help: "Multiplies the length of what the prompts of a trace share with others.",
  }),
  synthesisPrefixRootMultiplier: option({
    type: integer({ min: 1, max: 100_000 }),
    default: 1,
    path: "input.synthesis.prefix_root_multiplier",
    help:
      "Makes so many independent copies of what the prompts of a trace share; each conversation uses one.",
  }),
  synthesisPromptLenMultiplier: option({
    type: decimal({ min: 0 }),
    default: 1,
    path: "input.synthesis.prompt_len_multiplier",
    help: "Multiplies the length of what each prompt of a trace has for itself.",
  }),
  synthesisOutputLenMultiplier: option({
    type: decimal({ min: 0 }),
    default: 1,
    path: "input.synthesis.output_len_multiplier",
    help: "Multiplies the lengths of the answers that a trace asks for.",
  }),
  synthesisMaxIsl: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "all are used",
    path: "input.synthesis.max_isl",
    unit: "tokens",
    help: "Leaves out the rows of a trace whose prompt, after all multipliers, is longer.",
  }),
  synthesisMaxOsl: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "no limit",
    path: "input.synthesis.max_osl",
    unit: "tokens",
    help: "The longest answer that a trace asks for; longer ones are cut to it.",
  }),
};
