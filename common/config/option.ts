import type { ValueType } from "./value_type.ts";

/** The commands that take options. */
export type CommandName = "profile" | "mock-server" | "analyze-trace";

/** The declaration of an option: everything that is known of it stands here and nowhere else. */
export interface OptionSpec<T, D extends T | null = T | null> {
  readonly type: ValueType<T>;
  /** What holds when nobody sets it; null: nothing, or derived as `defaultNote` says. */
  readonly default: D;
  /** The derived default in words, for the help. */
  readonly defaultNote?: string;
  /** Where the YAML file and `input_config` hold it, dotted; null: on the command line only. */
  readonly path: string | null;
  /** One sentence that says what the option does. */
  readonly help: string;
  readonly unit?: "ms" | "seconds" | "tokens" | "requests/s";
  /** Other flags for the same option, in the `profile` command. */
  readonly aliases?: readonly string[];
  /** Flags that take no value and set the option to the text given here. */
  readonly presets?: Readonly<Record<string, string>>;
  /** `profile` alone when left out. */
  readonly commands?: readonly CommandName[];
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** What a command shows in place of the above, where the option means something else there. */
  readonly shownIn?: Readonly<Partial<Record<CommandName, ShownOption>>>;
}

/** What is shown of an option, and the group that it is shown in. */
export interface ShownOption {
  readonly help?: string;
  readonly defaultNote?: string;
  readonly type?: ValueType<unknown>;
  readonly group?: string;
}

/** Declares an option; gives the table the exact type of its value. */
export function option<T, const D extends T | null>(spec: OptionSpec<T, D>): OptionSpec<T, D> {
  return spec;
}

/** The type of an option's value: null only where the option has no default. */
export type ValueOf<S> = S extends OptionSpec<infer T, infer D> ? D extends null ? T | null : T
  : never;
