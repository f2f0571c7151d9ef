import { type CommandOption, optionsOf } from "../config/option_table.ts";
import type { CommandName } from "../config/option.ts";
import { wrapText } from "../config/wrap_text.ts";
import { type Command, COMMANDS } from "./commands.ts";
import { negation } from "./flags.ts";

/** Column at which the help of an option begins. */
const HELP_COLUMN = 32;

/** The help of the program: its commands, and the options of `profile`. */
export function programHelp(width: number): string {
  return [
    "aiperf measures the performance of generative-AI inference servers.",
    "",
    "Usage: aiperf [command] [options]",
    "",
    ...commandList(COMMANDS, width),
    "",
    ...optionGroups("profile", width),
    ...generalOptions(width),
    "",
    ...wrapText("Every option can also be set in the environment or in a YAML file.", width),
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command, width: number): string {
  const argument = argumentOf(command);
  const options = command.optionsOf === null ? "" : " [options]";
  return [
    `Usage: aiperf ${command.name}${argument}${options}`,
    "",
    ...wrapText(command.summary, width),
    ...(command.argumentHint === undefined
      ? []
      : wrapText(asSentence(command.argumentHint), width)),
    "",
    ...(command.optionsOf === null ? [] : optionGroups(command.optionsOf, width)),
    ...generalOptions(width),
    "",
  ].join("\n");
}

/** A hint as it stands by itself; it ends in a command line, so without a full stop. */
function asSentence(hint: string): string {
  return hint.charAt(0).toUpperCase() + hint.slice(1);
}

function argumentOf({ argument, argumentHint }: Command): string {
  if (argument === null) return "";
  return argumentHint !== undefined ? ` ${argument}` : ` [${argument}]`;
}

/** The help of a word that several commands begin with, such as `config`. */
export function commandFamilyHelp(word: string, commands: readonly Command[], width: number) {
  return [
    `Usage: aiperf ${word} <command>`,
    "",
    ...commandList(commands, width),
    "",
    ...generalOptions(width),
    "",
  ].join("\n");
}

function commandList(commands: readonly Command[], width: number): string[] {
  const rows = commands.flatMap(({ name, summary }) => row(name, [summary], width));
  return ["Commands:", ...rows];
}

function optionGroups(command: CommandName, width: number): string[] {
  const groups = Map.groupBy(optionsOf(command), ({ group }) => group);
  return [...groups].flatMap(([group, options]) => [
    `${group}:`,
    ...options.flatMap((option) => optionRows(option, width)),
    "",
  ]);
}

function generalOptions(width: number): string[] {
  return [
    "General:",
    ...row("-h, --help", ["Print this help."], width),
    ...row("-V, --version", ["Print the version."], width),
  ];
}

function optionRows(option: CommandOption, width: number): string[] {
  const { spec, flag, flags } = option;
  const { placeholder } = spec.type;
  const names = placeholder === null ? [...flags, negation(flag)] : flags;
  const isEndless = (placeholder?.length ?? 0) > width - 2;
  const shown = isEndless ? "NAME" : spec.unit?.toUpperCase() ?? placeholder;
  const value = placeholder === null ? "" : ` ${shown}`;
  const choices = isEndless ? [`One of ${(spec.type.choices ?? []).join(", ")}.`] : [];
  const presets = Object.entries(spec.presets ?? {}).flatMap(([name, text]) =>
    row(name, [`The same as ${flag} ${text}.`], width)
  );
  const paragraphs = [spec.help, ...choices, `[${facts(option).join("; ")}]`];
  return [...row(`${names.join(", ")}${value}`, paragraphs, width), ...presets];
}

function facts({ spec, envName }: CommandOption): string[] {
  const { default: value, defaultNote, type } = spec;
  const described = defaultNote ?? (value === null ? null : String(type.toPlain(value)));
  return [...(described === null ? [] : [`default: ${described}`]), `env: ${envName}`];
}

/** A term and its explanation side by side, or one below the other where the term is long. */
function row(term: string, paragraphs: readonly string[], width: number): string[] {
  const room = Math.max(20, width - HELP_COLUMN);
  const text = paragraphs.flatMap((paragraph) => wrapText(paragraph, room))
    .map((line) => " ".repeat(HELP_COLUMN) + line);
  const head = `  ${term}`;
  if (head.length > HELP_COLUMN - 2) {
    return [...wrapText(term, width - 2).map((l) => `  ${l}`), ...text];
  }
  return [head.padEnd(HELP_COLUMN) + text[0]!.trimStart(), ...text.slice(1)];
}
