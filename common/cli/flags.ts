import { type CommandOption, type OptionKey, optionsOf } from "../config/option_table.ts";
import type { CommandName } from "../config/option.ts";

/** What a flag does. */
export interface FlagMeaning {
  readonly option: CommandOption;
  readonly key: OptionKey;
  /** How many values follow it. */
  readonly takes: "nothing" | "one" | "many";
  /** What a flag that takes nothing stands for. */
  readonly text: string;
}

/** Every flag of a command, aliases, `--no-…` and presets among them. */
export function flagsOf(command: CommandName): ReadonlyMap<string, FlagMeaning> {
  const meanings = new Map<string, FlagMeaning>();
  for (const option of optionsOf(command)) {
    const { key, spec, flag, flags } = option;
    const isSwitch = spec.type.placeholder === null;
    const takes = isSwitch ? "nothing" : spec.type.many ? "many" : "one";
    for (const name of flags) meanings.set(name, { option, key, takes, text: "true" });
    if (isSwitch) meanings.set(negation(flag), { option, key, takes, text: "false" });
    for (const [name, text] of Object.entries(spec.presets ?? {})) {
      meanings.set(name, { option, key, takes: "nothing", text });
    }
  }
  return meanings;
}

/**
 * What to say of a flag that only other commands have: what the same option is called here, or whose
 * it is; null where no command has it.
 */
export function hintFromOtherCommands(
  flag: string,
  here: ReadonlyMap<string, FlagMeaning>,
): string | null {
  for (const command of COMMANDS_WITH_OPTIONS) {
    const meaning = flagsOf(command).get(flag);
    if (!meaning) continue;
    const same = [...here.values()].find(({ key }) => key === meaning.key);
    return same ? `did you mean ${same.option.flag}?` : `aiperf ${command} has it`;
  }
  return null;
}

const COMMANDS_WITH_OPTIONS: readonly CommandName[] = ["profile", "mock-server", "analyze-trace"];

/** The flag that turns a switch off. */
export function negation(flag: string): string {
  return flag.replace(/^--/, "--no-");
}
