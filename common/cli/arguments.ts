import { REDACTED } from "../config/input_config.ts";
import type { Given } from "../config/layer.ts";
import type { OptionKey } from "../config/option_table.ts";
import { type Problem, quote } from "../config/problem.ts";
import { suggestion } from "../config/suggest.ts";
import { givenByTexts } from "../config/text_layer.ts";
import { type FlagMeaning, hintFromOtherCommands, negation } from "./flags.ts";
import { flagAdvice } from "./other_tools/advice.ts";

/** A command line, taken apart. */
export interface Arguments {
  readonly given: readonly Given[];
  /** Arguments that belong to no flag. */
  readonly positionals: readonly string[];
  readonly problems: readonly Problem[];
  /** The arguments as given, each secret replaced. */
  readonly redacted: readonly string[];
}

/** Takes arguments apart by the flags of a command; never throws. */
export function readArguments(
  args: readonly string[],
  flags: ReadonlyMap<string, FlagMeaning>,
): Arguments {
  const reader = new ArgumentReader(args, flags);
  reader.read();
  return reader;
}

/** Whether one of the flags stands in the arguments as a word of its own. */
export function hasFlag(args: readonly string[], ...names: readonly string[]): boolean {
  return args.some((arg) => names.includes(arg));
}

interface Found {
  readonly flag: string;
  readonly meaning: FlagMeaning;
  readonly texts: string[];
}

class ArgumentReader implements Arguments {
  readonly positionals: string[] = [];
  readonly problems: Problem[] = [];
  readonly redacted: string[] = [];
  readonly #args: readonly string[];
  readonly #flags: ReadonlyMap<string, FlagMeaning>;
  readonly #found = new Map<OptionKey, Found>();
  #next = 0;

  constructor(args: readonly string[], flags: ReadonlyMap<string, FlagMeaning>) {
    this.#args = args;
    this.#flags = flags;
  }

  get given(): Given[] {
    return [...this.#found].map(([key, { flag, texts }]) =>
      givenByTexts(key, texts, { layer: "command line", name: flag })
    );
  }

  read(): void {
    let previous: string | null = null;
    while (this.#next < this.#args.length) {
      const arg = this.#args[this.#next++]!;
      if (isFlagLike(arg)) {
        previous = this.#readFlag(arg);
      } else {
        this.#readPositional(arg, previous);
        previous = null;
      }
    }
  }

  /** Returns the flag that was read. */
  #readFlag(arg: string): string {
    const equals = arg.indexOf("=");
    const flag = equals < 0 ? arg : arg.slice(0, equals);
    const inline = equals < 0 ? null : arg.slice(equals + 1);
    const meaning = this.#flags.get(flag);
    if (!meaning) {
      this.#refuseUnknown(flag, arg);
    } else if (meaning.takes === "nothing") {
      this.redacted.push(arg);
      if (inline === null) this.#keep({ flag, meaning, texts: [meaning.text] });
      else this.#refuseValue(flag, meaning, inline);
    } else {
      const isSecret = meaning.option.spec.secret === true;
      this.redacted.push(isSecret && inline !== null ? `${flag}=${REDACTED}` : arg);
      const texts = inline === null ? this.#takeValues(meaning.takes) : [inline];
      if (inline === null) this.redacted.push(...texts.map((text) => isSecret ? REDACTED : text));
      if (texts.length > 0) this.#keep({ flag, meaning, texts });
      else this.#report(flag, `needs a value: ${meaning.option.spec.type.allowed}`);
    }
    return flag;
  }

  #readPositional(arg: string, previous: string | null): void {
    const meaning = previous === null ? undefined : this.#flags.get(previous);
    if (meaning?.takes === "nothing" && /^(true|false|yes|no|on|off|0|1)$/i.test(arg)) {
      this.redacted.push(arg);
      this.#refuseValue(previous!, meaning, arg);
    } else if (meaning?.option.spec.secret) {
      // A second word of a key that was not quoted.
      this.redacted.push(REDACTED);
      this.#report(previous!, "takes one value; quote it if it holds spaces");
    } else {
      this.redacted.push(arg);
      this.positionals.push(arg);
    }
  }

  #takeValues(takes: FlagMeaning["takes"]): string[] {
    const values: string[] = [];
    while (this.#next < this.#args.length && (takes === "many" || values.length === 0)) {
      const arg = this.#args[this.#next]!;
      if (isFlagLike(arg)) break;
      values.push(arg);
      this.#next++;
    }
    return values;
  }

  #keep(found: Found): void {
    const { flag, meaning, texts } = found;
    const earlier = this.#found.get(meaning.key);
    if (!earlier) this.#found.set(meaning.key, found);
    else if (meaning.takes === "many") earlier.texts.push(...texts);
    else if (earlier.flag !== flag) {
      this.#report(flag, `is the same option as ${earlier.flag}, which is given too`);
    } else if (meaning.takes === "nothing" || meaning.option.spec.secret) {
      this.#report(flag, "is given twice");
    } else {
      this.#report(flag, `is given twice, ${quote(earlier.texts[0]!)} and ${quote(texts[0]!)}`);
    }
  }

  #refuseUnknown(flag: string, arg: string): void {
    // Without its value, which may be a secret under a mistyped name.
    this.redacted.push(arg === flag ? arg : `${flag}=${REDACTED}`);
    const advice = flagAdvice(flag);
    const values = arg === flag ? this.#takeValues(advice === null ? "one" : "many") : [];
    this.redacted.push(...values.map(() => REDACTED));
    const known = advice ?? hintFromOtherCommands(flag, this.#flags);
    const hint = known === null ? suggestion(flag, [...this.#flags.keys()]) : `; ${known}`;
    this.#report(flag, `unknown option${hint}`);
  }

  #refuseValue(flag: string, { option }: FlagMeaning, value: string): void {
    const isSwitch = option.spec.type.placeholder === null;
    const hint = isSwitch ? `; use ${option.flag} or ${negation(option.flag)}` : "";
    this.#report(flag, `takes no value, got ${quote(value)}${hint}`);
  }

  #report(where: string, message: string): void {
    this.problems.push({ where, message });
  }
}

/** A flag, or at least no value: negative numbers and a lone dash are values. */
function isFlagLike(arg: string): boolean {
  return /^-./.test(arg) && !/^-(\.?\d|inf$|nan$)/i.test(arg);
}
