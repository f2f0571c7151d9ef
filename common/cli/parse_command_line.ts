import type { GoodputTag } from "../config/rule.ts";
import type { MockServerOptions } from "../config/mock_server_options.ts";
import type { OptionValues } from "../config/option_table.ts";
import type { Options } from "../config/validate.ts";
import { type Problem, quote } from "../config/problem.ts";
import { suggestion } from "../config/suggest.ts";
import type { TraceRequest } from "../model/trace_request.ts";
import { AIPERF_VERSION } from "../version.ts";
import { type Arguments, hasFlag, readArguments } from "./arguments.ts";
import { type Command, COMMANDS, commandsUnder } from "./commands.ts";
import { flagsOf } from "./flags.ts";
import { commandAdvice } from "./other_tools/advice.ts";
import { commandFamilyHelp, commandHelp, programHelp } from "./help.ts";
import { shellQuote } from "./shell_quote.ts";

/** What a command line depends on. */
export interface CommandLineContext {
  env(name: string): string | undefined;
  /** Throws when the file cannot be read. */
  readFile(path: string): Promise<string>;
  /** Throws when the file cannot be read. */
  readFirstLine(path: string): Promise<string>;
  /** Throws when the path is no regular file, or cannot be read; without it nobody looks. */
  checkFile?(path: string, allowed: { mayBeFolder: boolean }): Promise<void>;
  /** Rejects when an address is none of this machine; without it nobody looks. */
  checkLocalAddress?(address: string): Promise<void>;
  /** Columns of the terminal. */
  readonly width: number;
  /** The metrics that `--goodput` may name; asked for only when it is used. */
  goodputTags?(): Promise<readonly GoodputTag[]>;
}

/** What to do. */
export type Invocation =
  /** Print to stdout and exit with 0. */
  | { readonly kind: "print"; readonly text: string }
  /** Write a file that must not exist yet, and exit with 0. */
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  /** `cliCommand`: the command line, secrets redacted. */
  | { readonly kind: "profile"; readonly options: Options; readonly cliCommand: string }
  | { readonly kind: "mock-server"; readonly options: MockServerOptions }
  /** Analyse a trace, print what it is like, and write it to a file, if there is one. */
  | {
    readonly kind: "analyze-trace";
    readonly request: TraceRequest;
    readonly outputFile: string | null;
  }
  /** Rebuild the results of the run in a folder. */
  | { readonly kind: "report"; readonly folder: string }
  /** Print the problems to stderr and exit with 2. */
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

/**
 * Decides what a command line asks for.
 *
 * `args`: without the program's name. Does nothing itself but read the files that options name; never
 * throws for what the user did.
 */
export async function parseCommandLine(
  args: readonly string[],
  context: CommandLineContext,
): Promise<Invocation> {
  const words = leadingWords(args);
  const command = findCommand(words);
  const asksForHelp = hasFlag(args, "--help", "-h");
  if (hasFlag(args, "--version", "-V")) return print(`aiperf ${AIPERF_VERSION}\n`);
  if (command === null) return withoutCommand(words, asksForHelp, context.width);
  const isNamed = words.length > 0;
  if (asksForHelp) {
    return print(isNamed ? commandHelp(command, context.width) : programHelp(context.width));
  }
  const rest = isNamed ? args.slice(command.name.split(" ").length) : args;
  return await runCommand(command, { all: args, rest }, context);
}

function print(text: string): Invocation {
  return { kind: "print", text };
}

/** The words in front of the first flag, which name the command. */
function leadingWords(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return end < 0 ? args : args.slice(0, end);
}

function findCommand(words: readonly string[]): Command | null {
  if (words.length === 0) return COMMANDS[0]!;
  const matches = (name: string) => name.split(" ").every((word, i) => word === words[i]);
  return COMMANDS.find(({ name }) => matches(name)) ?? null;
}

/** The words name no command, or only the first half of one. */
function withoutCommand(
  words: readonly string[],
  asksForHelp: boolean,
  width: number,
): Invocation {
  const family = commandsUnder(words[0]!);
  if (asksForHelp && family.length === 0) return print(programHelp(width));
  if (asksForHelp || (family.length > 0 && words.length === 1)) {
    return print(commandFamilyHelp(words[0]!, family, width));
  }
  const typed = family.length > 0 ? words.slice(0, 2).join(" ") : words[0]!;
  const candidates = (family.length > 0 ? family : COMMANDS).map(({ name }) => name);
  const advice = commandAdvice(typed);
  const message = `unknown command${
    advice === null ? suggestion(typed, candidates) : `; ${advice}`
  }`;
  return { kind: "problems", problems: [{ where: quote(typed), message }] };
}

interface Line {
  readonly all: readonly string[];
  /** Without the command. */
  readonly rest: readonly string[];
}

async function runCommand(
  command: Command,
  line: Line,
  context: CommandLineContext,
): Promise<Invocation> {
  if (command.optionsOf === null) return await runPlainCommand(command, line);
  const args = readArguments(line.rest, flagsOf(command.optionsOf));
  const { readOptions } = await import("../config/read_options.ts");
  const { given, problems } = withArgument(command, args);
  const reading = await readOptions({
    command: command.optionsOf,
    given,
    problems,
    env: context.env,
    readFile: context.readFile,
    readFirstLine: context.readFirstLine,
    ...(context.checkFile ? { checkFile: context.checkFile } : {}),
    ...(context.checkLocalAddress ? { checkLocalAddress: context.checkLocalAddress } : {}),
    ...(context.goodputTags ? { goodputTags: context.goodputTags } : {}),
  });
  if (!reading.ok) return { kind: "problems", problems: reading.problems };
  return await finish(command, reading.options, redactedCommand(line, args));
}

async function finish(
  command: Command,
  options: Options,
  cliCommand: string,
): Promise<Invocation> {
  switch (command.name) {
    case "mock-server": {
      const { standaloneMockServer } = await import("../config/mock_server_options.ts");
      return { kind: "mock-server", options: standaloneMockServer(options.values) };
    }
    case "analyze-trace":
      return analysisOf(options.values);
    case "config show": {
      const { effectiveConfig } = await import("../config/config_file.ts");
      return print(effectiveConfig(options, "profile"));
    }
    case "config validate":
      return print("The options are valid.\n");
    default:
      return { kind: "profile", options, cliCommand };
  }
}

function analysisOf(values: OptionValues): Invocation {
  const { inputFile: path, customDatasetType: format, blockSize, outputFile } = values;
  if (path === null) {
    const problem = { where: "--input-file", message: "is missing: give the trace to analyse" };
    return { kind: "problems", problems: [problem] };
  }
  const request = { path, format, blockSize, skipsBadLines: values.skipBadLines };
  return { kind: "analyze-trace", request, outputFile };
}

/** A command that takes no options. */
async function runPlainCommand(command: Command, { rest }: Line): Promise<Invocation> {
  const args = readArguments(rest, new Map());
  const { problems } = withArgument(command, args);
  const [argument] = args.positionals;
  const { argumentHint } = command;
  const isMissing = argumentHint !== undefined && (argument ?? "") === "";
  const missing = { where: String(command.argument), message: `is missing: ${argumentHint}` };
  if (isMissing) return { kind: "problems", problems: [...problems, missing] };
  if (problems.length > 0) return { kind: "problems", problems };
  switch (command.name) {
    case "report":
      return { kind: "report", folder: argument! };
    case "completions":
      return await printCompletions(argument!);
    default:
      return await initConfig(argument);
  }
}

async function printCompletions(shell: string): Promise<Invocation> {
  const [{ completionScript }, { SHELLS }] = await Promise.all([
    import("./completions/completion_script.ts"),
    import("./completions/completion_table.ts"),
  ]);
  const script = completionScript(shell);
  if (script !== null) return print(script);
  const message = `must be one of ${SHELLS.join(", ")}, got ${quote(shell)}`;
  return { kind: "problems", problems: [{ where: "SHELL", message }] };
}

async function initConfig(path: string | undefined): Promise<Invocation> {
  const { configFileTemplate } = await import("../config/config_file.ts");
  return path === undefined
    ? print(configFileTemplate())
    : { kind: "write", path, text: configFileTemplate() };
}

/**
 * A command's own argument is its configuration file, or the trace to analyse; any other argument is
 * one too many.
 */
function withArgument(command: Command, args: Arguments): Pick<Arguments, "given" | "problems"> {
  const allowed = command.argument === null ? 0 : 1;
  const extra = args.positionals.slice(allowed).map((arg) => ({
    where: quote(arg),
    message: `unexpected argument${isCommand(arg) ? "; the command comes first" : ""}`,
  }));
  const problems = [...args.problems, ...extra];
  const [file] = args.positionals.slice(0, allowed);
  if (file === undefined || command.optionsOf === null) return { given: args.given, problems };
  const key = command.optionsOf === "analyze-trace" ? "inputFile" : "config";
  const other = args.given.find((one) => one.key === key);
  if (other) {
    const what = key === "config" ? "configuration file" : "trace";
    const message = `the ${what} is given twice, also by ${other.origin.name}`;
    return { given: args.given, problems: [...problems, { where: quote(file), message }] };
  }
  const origin = { layer: "command line", name: "FILE" } as const;
  const given = { key, origin, raw: file, shown: quote(file) } as const;
  return { given: [...args.given, given], problems };
}

function isCommand(word: string): boolean {
  return commandsUnder(word).length > 0;
}

/** The command line as a shell would take it, secrets redacted. */
function redactedCommand({ all, rest }: Line, { redacted }: Arguments): string {
  return shellQuote(["aiperf", ...all.slice(0, all.length - rest.length), ...redacted]);
}
