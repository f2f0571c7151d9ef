import { ANALYZE_OPTIONS } from "./options/analyze_trace.ts";
import { CONNECTION_OPTIONS } from "./options/connections.ts";
import { ENDPOINT_OPTIONS } from "./options/endpoint.ts";
import { AUDIO_OPTIONS, IMAGE_OPTIONS } from "./options/media.ts";
import { INPUT_OPTIONS } from "./options/input.ts";
import { LOAD_OPTIONS } from "./options/load.ts";
import { MOCK_SERVER_OPTIONS } from "./options/mock_server.ts";
import { MULTI_RUN_OPTIONS } from "./options/multi_run.ts";
import { OUTPUT_OPTIONS, SERVICE_OPTIONS } from "./options/output.ts";
import { PROMPT_OPTIONS } from "./options/prompts.ts";
import { RANKING_OPTIONS } from "./options/rankings.ts";
import { SERVER_OPTIONS } from "./options/server.ts";
import { TOKENIZER_OPTIONS } from "./options/tokenizer.ts";
import { TRACE_OPTIONS } from "./options/trace.ts";
import { WARMUP_OPTIONS } from "./options/warmup.ts";
import type { CommandName, OptionSpec, ValueOf } from "./option.ts";

/** Every option by key. Flags, environment names and YAML paths derive from this table. */
export const OPTIONS = {
  ...ENDPOINT_OPTIONS,
  ...CONNECTION_OPTIONS,
  ...SERVER_OPTIONS,
  ...INPUT_OPTIONS,
  ...PROMPT_OPTIONS,
  ...RANKING_OPTIONS,
  ...IMAGE_OPTIONS,
  ...AUDIO_OPTIONS,
  ...TRACE_OPTIONS,
  ...ANALYZE_OPTIONS,
  ...TOKENIZER_OPTIONS,
  ...LOAD_OPTIONS,
  ...WARMUP_OPTIONS,
  ...MULTI_RUN_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...SERVICE_OPTIONS,
  ...MOCK_SERVER_OPTIONS,
};

const GROUPS: readonly (readonly [string, object])[] = [
  ["Endpoint", ENDPOINT_OPTIONS],
  ["Connections", CONNECTION_OPTIONS],
  ["Server", SERVER_OPTIONS],
  ["Input", INPUT_OPTIONS],
  ["Made-up prompts", PROMPT_OPTIONS],
  ["Made-up rankings", RANKING_OPTIONS],
  ["Made-up images", IMAGE_OPTIONS],
  ["Made-up audio", AUDIO_OPTIONS],
  ["Input file and trace", TRACE_OPTIONS],
  ["Analysis", ANALYZE_OPTIONS],
  ["Tokenizer", TOKENIZER_OPTIONS],
  ["Load", LOAD_OPTIONS],
  ["Warm-up", WARMUP_OPTIONS],
  ["Repeated runs", MULTI_RUN_OPTIONS],
  ["Output", OUTPUT_OPTIONS],
  ["Mock server", MOCK_SERVER_OPTIONS],
  ["Service and UI", SERVICE_OPTIONS],
];

/** The key of an option. */
export type OptionKey = keyof typeof OPTIONS;

/** The value of every option; null where nobody set one that has no default. */
export type OptionValues = { readonly [K in OptionKey]: ValueOf<(typeof OPTIONS)[K]> };

/** An option as one command shows it. */
export interface CommandOption {
  readonly key: OptionKey;
  /** As the command shows it. */
  readonly spec: OptionSpec<unknown>;
  readonly group: string;
  /** The flag that documents and messages name. */
  readonly flag: string;
  /** Every flag that takes the option's value: short ones, the main one, then other aliases. */
  readonly flags: readonly string[];
  /** The environment variable that sets it. */
  readonly envName: string;
}

/** The options of a command in the order of its help. */
export function optionsOf(command: CommandName): readonly CommandOption[] {
  return COMMAND_OPTIONS[command];
}

/** The declaration of an option, its value's type left open. */
export function specOf(key: OptionKey): OptionSpec<unknown> {
  return OPTIONS[key] as unknown as OptionSpec<unknown>;
}

/** The environment variable that sets an option: `AIPERF_` and its key. */
export function envNameOf(key: OptionKey): string {
  return `AIPERF_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** The main flag of an option; `mock-server` leaves out the `mock` in front. */
export function flagOf(key: OptionKey, command: CommandName): string {
  const name = command === "mock-server" ? key.replace(/^mock(?=[A-Z])/, "") : key;
  return `--${name.replace(/[A-Z]/g, "-$&").toLowerCase().replace(/^-/, "")}`;
}

const COMMAND_OPTIONS: Readonly<Record<CommandName, readonly CommandOption[]>> = {
  profile: collect("profile"),
  "mock-server": collect("mock-server"),
  "analyze-trace": collect("analyze-trace"),
};

function collect(command: CommandName): CommandOption[] {
  return GROUPS.flatMap(([group, options]) =>
    (Object.keys(options) as OptionKey[])
      .filter((key) => (specOf(key).commands ?? ["profile"]).includes(command))
      .map((key) => {
        const { group: otherGroup, ...shown } = specOf(key).shownIn?.[command] ?? {};
        const spec = { ...specOf(key), ...shown };
        const flag = flagOf(key, command);
        const aliases = spec.aliases ?? [];
        const short = aliases.filter((alias) => !alias.startsWith("--"));
        const long = aliases.filter((alias) => alias.startsWith("--"));
        return {
          key,
          spec,
          group: otherGroup ?? group,
          flag,
          flags: [...short, flag, ...long],
          envName: envNameOf(key),
        };
      })
  );
}
