import { type Given, isStronger, type Origin } from "./layer.ts";
import { type OptionKey, OPTIONS, type OptionValues, specOf } from "./option_table.ts";
import type { CommandName } from "./option.ts";
import type { PemFiles } from "./pem_files.ts";
import type { Problem } from "./problem.ts";
import type { RatePoint, TemplatePlan } from "../model/run_config.ts";
import type { GoodputTag } from "./rule.ts";
import { ruleProblems } from "./rules.ts";
import type { FileTimes } from "./trace_default.ts";
import { valueHint } from "./value_hint.ts";
import type { Zod } from "./value_type.ts";

/** Checked options. */
export interface Options {
  readonly values: OptionValues;
  /** Where each value that is not a default comes from. */
  readonly origins: ReadonlyMap<OptionKey, Origin>;
  /** What the file of `--request-rate-series` holds; null when there is none. */
  readonly rateSeries: readonly RatePoint[] | null;
  /** What `--endpoint-type template` sends and reads; null: the type is another. */
  readonly template: TemplatePlan | null;
  /** What the files with certificates and keys hold. */
  readonly pems: PemFiles;
}

/** What checking needs beside the values. */
export interface ValidationContext {
  /** The rules between options concern `profile` only. */
  readonly command: CommandName;
  readonly z: Zod;
  /** The metrics that `--goodput` may name; null leaves them unchecked. */
  readonly goodputTags: readonly GoodputTag[] | null;
  readonly rateSeries: readonly RatePoint[] | null;
  readonly inputTimes: FileTimes;
  readonly pems?: PemFiles;
}

/** Options, or everything that is wrong with them. */
export type Validation =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Checks every value that was given, also those that a stronger layer hides, and merges them.
 *
 * Rules between options are checked on the values that are valid by themselves.
 */
export function validate(given: readonly Given[], context: ValidationContext): Validation {
  const problems: Problem[] = [];
  const values: Partial<Record<OptionKey, unknown>> = {};
  const origins = new Map<OptionKey, Origin>();
  const invalid = new Set<OptionKey>();
  for (const entry of given) {
    const result = context.z.safeParse(specOf(entry.key).type.schema(context.z), entry.raw);
    if (!result.success) {
      invalid.add(entry.key);
      problems.push(...refusals(entry, result.error.issues));
      continue;
    }
    const other = origins.get(entry.key);
    if (other && !isStronger(entry.origin, other)) continue;
    values[entry.key] = result.data;
    origins.set(entry.key, entry.origin);
  }
  const { rateSeries, pems = {} } = context;
  const all = { ...DEFAULTS, ...values } as OptionValues;
  const options: Options = { values: all, origins, rateSeries, template: null, pems };
  if (context.command === "profile") {
    const { goodputTags, inputTimes } = context;
    problems.push(...ruleProblems(options, { invalid, goodputTags, rateSeries, inputTimes }));
  }
  return problems.length === 0 ? { ok: true, options } : { ok: false, problems };
}

const DEFAULTS = Object.fromEntries(
  (Object.keys(OPTIONS) as OptionKey[]).map((key) => [key, specOf(key).default]),
);

/** Issues of our own say what is wrong; any other means that the value is not what is allowed. */
function refusals(entry: Given, issues: readonly { code: string; message: string }[]): Problem[] {
  const where = entry.origin.name;
  if (issues.every(({ code }) => code === "custom")) {
    return issues.map(({ message }) => ({ where, message }));
  }
  const { type, secret } = specOf(entry.key);
  const shown = secret ? "a value that is not shown" : entry.shown;
  const hint = secret ? "" : valueHint(entry.key, type, entry.raw);
  return [{ where, message: `must be ${type.allowed}, got ${shown}${hint}` }];
}
