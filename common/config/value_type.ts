import type * as zod from "zod/mini";
import { Refusal } from "./problem.ts";
import type { VALIDATOR } from "./validator.ts";

/** The validator, handed in where it is needed, so that showing help does not load it. */
export type Zod = typeof VALIDATOR;

/** A schema that ends in a `T`. */
export type Schema<T> = zod.core.$ZodType<T>;

/** A kind of option value: how it is written, shown, checked and read. */
export interface ValueType<T> {
  /** What stands for the value in the help; null for a switch, which takes none. */
  readonly placeholder: string | null;
  /** All values that there are; left out where there are too many to name. */
  readonly choices?: readonly string[];
  /** Completes "must be …". */
  readonly allowed: string;
  /** Whether the flag takes several values and may be repeated; the raw value is then an array. */
  readonly many?: boolean;
  /** One text of the command line or the environment as the YAML file would hold it. */
  fromText(text: string): unknown;
  /** Checks the value as the YAML file holds it and reads it. */
  schema(z: Zod): Schema<T>;
  /** The value as the YAML file holds it. */
  toPlain(value: T): unknown;
}

/** Bounds of a number. */
export interface Range {
  readonly min: number;
  readonly max?: number;
  /** Whether `min` itself is excluded. */
  readonly above?: boolean;
  /** Whether `max` itself is excluded. */
  readonly below?: boolean;
}

/** A switch: on or off. */
export function toggle(): ValueType<boolean> {
  return {
    placeholder: null,
    allowed: "true or false",
    fromText: (text) => BOOLEAN_TEXTS.get(text.toLowerCase()) ?? text,
    schema: (z) => z.boolean(),
    toPlain: (value) => value,
  };
}

const BOOLEAN_TEXTS = new Map([["true", true], ["1", true], ["false", false], ["0", false]]);

/** A whole number. */
export function integer(range: Range): ValueType<number> {
  return {
    placeholder: "N",
    allowed: `a whole number ${describeRange(range)}`,
    fromText: numberFromText,
    schema: (z) => z.int().check(...rangeChecks(z, range)),
    toPlain: (value) => value,
  };
}

/** A finite number. */
export function decimal(range: Range): ValueType<number> {
  return {
    placeholder: "X",
    allowed: `a number ${describeRange(range)}`,
    fromText: numberFromText,
    schema: (z) => z.number().check(...rangeChecks(z, range)),
    toPlain: (value) => value,
  };
}

/** A number or `inf`, which is read as Infinity. */
export function decimalOrInfinity(range: Range): ValueType<number> {
  const finite = decimal(range);
  return {
    ...finite,
    allowed: `${finite.allowed} or inf`,
    fromText: (text) => text.toLowerCase() === "inf" ? "inf" : numberFromText(text),
    schema: (z) =>
      converted(
        z,
        z.union([finite.schema(z), z.literal("inf")]),
        (value) => value === "inf" ? Infinity : value,
      ),
    toPlain: (value) => value === Infinity ? "inf" : value,
  };
}

/** One of a few words, in any case on the command line. */
export function choice<const C extends string>(choices: readonly C[]): ValueType<C> {
  return {
    placeholder: choices.join("|"),
    choices,
    allowed: choices.length === 1 ? `${choices[0]} for now` : `one of ${choices.join(", ")}`,
    fromText: (text) => choices.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text,
    schema: (z) => z.enum(choices),
    toPlain: (value) => value,
  };
}

/** A text that is not empty and holds no control characters. */
export function text(placeholder: string): ValueType<string> {
  return {
    placeholder,
    allowed: "one line of text that is not empty",
    fromText: (value) => value,
    schema: (z) => z.string().check(z.regex(/^(?=.*\S)\P{Cc}+$/u)),
    toPlain: (value) => value,
  };
}

/** A text that `read` checks and reads; what it throws as a `Refusal` is told. */
export function parsedText(
  placeholder: string,
  allowed: string,
  read: (text: string) => string,
): ValueType<string> {
  return {
    placeholder,
    allowed,
    fromText: (value) => value,
    schema: (z) => converted(z, z.string(), read),
    toPlain: (value) => value,
  };
}

/** A schema that reads what another one let through; each message of a `Refusal` becomes an issue. */
export function converted<I, T>(z: Zod, input: Schema<I>, convert: (value: I) => T): Schema<T> {
  return z.pipe(
    input,
    z.transform((value: I, context) => {
      try {
        return convert(value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        for (const message of error.messages) {
          context.issues.push({ code: "custom", message, input: value });
        }
        return z.NEVER;
      }
    }),
  );
}

function numberFromText(text: string): unknown {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function describeRange({ min, max, above, below }: Range): string {
  const lowest = above ? `above ${min}` : `of at least ${min}`;
  if (max === undefined) return lowest;
  if (!above && !below) return `from ${min} to ${max}`;
  return `${lowest} and ${below ? "below" : "at most"} ${max}`;
}

function rangeChecks(z: Zod, range: Range): zod.core.$ZodCheck<number>[] {
  const lowest = range.above ? z.gt(range.min) : z.gte(range.min);
  if (range.max === undefined) return [lowest];
  return [lowest, range.below ? z.lt(range.max) : z.lte(range.max)];
}
