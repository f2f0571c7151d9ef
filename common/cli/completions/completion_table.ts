import type { CommandOption } from "../../config/option_table.ts";
import { type Command, COMMANDS } from "../commands.ts";
import { flagsOf } from "../flags.ts";

/** What may follow a flag, or stand as a command's own argument. */
export type Completed =
  | { readonly kind: "nothing" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "folder" }
  /** A number, a name: nobody can know. */
  | { readonly kind: "anything" };

/** A flag as a shell completes it. */
export interface CompletedFlag {
  readonly flag: string;
  /** In one line. */
  readonly help: string;
  readonly value: Completed;
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** One word, or two; none for what needs no name. */
  readonly words: readonly string[];
  readonly help: string;
  readonly flags: readonly CompletedFlag[];
  readonly argument: Completed;
}

/** What a shell shows beside a flag is no longer than this. */
const LONGEST_HELP = 72;

const GENERAL: readonly CompletedFlag[] = [
  { flag: "--help", help: "Show the help.", value: { kind: "nothing" } },
  { flag: "--version", help: "Show the version.", value: { kind: "nothing" } },
];

/** The shells that there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Every command with its flags; the first one has no name. */
export function completionTable(): CompletedCommand[] {
  const named = COMMANDS.map((command) => completedCommand(command, command.name.split(" ")));
  return [completedCommand(COMMANDS[0]!, []), ...named];
}

function completedCommand(command: Command, words: string[]): CompletedCommand {
  const { summary, optionsOf } = command;
  const flags = optionsOf === null ? [] : [...flagsOf(optionsOf)].map(([flag, meaning]) => ({
    flag,
    help: shortened(meaning.option.spec.help),
    value: meaning.takes === "nothing" ? NOTHING : valueOf(meaning.option),
  }));
  return {
    words,
    help: shortened(summary),
    flags: [...flags, ...GENERAL],
    argument: argumentOf(command),
  };
}

const NOTHING: Completed = { kind: "nothing" };

function valueOf({ spec }: CommandOption): Completed {
  const { choices, placeholder } = spec.type;
  if (choices !== undefined) return { kind: "words", words: choices };
  return byPlaceholder(placeholder) ?? { kind: "anything" };
}

function argumentOf({ argument }: Command): Completed {
  if (argument === "SHELL") return { kind: "words", words: SHELLS };
  return byPlaceholder(argument) ?? NOTHING;
}

function byPlaceholder(placeholder: string | null): Completed | null {
  if (placeholder === "FILE") return { kind: "file" };
  return placeholder === "DIR" ? { kind: "folder" } : null;
}

/** Up to the first end of a clause. */
function shortened(help: string): string {
  const [first] = help.split(/(?:[;:]|\.)\s/, 1);
  const clause = first!.replace(/\.$/, "");
  if (clause.length <= LONGEST_HELP) return clause;
  return `${clause.slice(0, LONGEST_HELP - 1).replace(/\s+\S*$/, "")}…`;
}
