import type { CommandName } from "../config/option.ts";

/** A command of the program. */
export interface Command {
  /** One word, or two as in `config init`. */
  readonly name: string;
  readonly summary: string;
  /** Whose options it takes; null: none. */
  readonly optionsOf: CommandName | null;
  /** Stands for the one argument that it takes beside options; null: it takes none. */
  readonly argument: string | null;
  /** What to give as its argument, when it is nothing without one. */
  readonly argumentHint?: string;
}

/** Every command, in the order of the help; the first one needs no name. */
export const COMMANDS: readonly Command[] = [
  {
    name: "profile",
    summary: "Run a benchmark; this is what aiperf does without a command.",
    optionsOf: "profile",
    argument: null,
  },
  {
    name: "mock-server",
    summary: "Run the built-in inference server alone.",
    optionsOf: "mock-server",
    argument: null,
  },
  {
    name: "analyze-trace",
    summary: "Say how long the prompts and answers of a recorded trace are, and how much of the " +
      "prompts a server could have in its cache.",
    optionsOf: "analyze-trace",
    argument: "FILE",
  },
  {
    name: "report",
    summary:
      "Make the results in DIR again from records.jsonl alone, the journal of the run or of " +
      "each run of a series; only inputs.json cannot be made of it.",
    optionsOf: null,
    argument: "DIR",
    argumentHint: "give the folder of a run, the one with its records.jsonl, as in: " +
      "aiperf report artifacts/mock-model-openai-chat-concurrency8/2026-01-31T12-00-00.000Z",
  },
  {
    name: "completions",
    summary: "Print what makes a shell complete commands and options: bash, zsh or fish.",
    optionsOf: null,
    argument: "SHELL",
    argumentHint: 'give bash, zsh or fish, as in: eval "$(aiperf completions bash)"',
  },
  {
    name: "config init",
    summary: "Print a commented YAML file with every option, or write it to FILE.",
    optionsOf: null,
    argument: "FILE",
  },
  {
    name: "config show",
    summary: "Print the options that a run would have, and where each comes from.",
    optionsOf: "profile",
    argument: "FILE",
  },
  {
    name: "config validate",
    summary: "Check options and configuration file without running anything.",
    optionsOf: "profile",
    argument: "FILE",
  },
];

/** The commands whose name begins with the given word. */
export function commandsUnder(word: string): Command[] {
  return COMMANDS.filter(({ name }) => name.split(" ")[0] === word);
}
