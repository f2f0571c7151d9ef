import type { RatePoint } from "../model/run_config.ts";
import type { Origin } from "./layer.ts";
import { flagOf, type OptionKey, type OptionValues, specOf } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import type { FileTimes } from "./trace_default.ts";

/** A metric that an objective may be set for. */
export interface GoodputTag {
  readonly tag: string;
  /** Whether the metric exists only with `--streaming`. */
  readonly streamingOnly: boolean;
}

/** Values that are valid by themselves. */
export interface Candidate {
  readonly values: OptionValues;
  readonly origins: ReadonlyMap<OptionKey, Origin>;
}

/** What the rules need beside the values. */
export interface RuleContext {
  /** Options with a value that is invalid by itself; rules about them are left out. */
  readonly invalid: ReadonlySet<OptionKey>;
  readonly goodputTags: readonly GoodputTag[] | null;
  /** What the file of `--request-rate-series` holds; null: there is none, or it cannot be used. */
  readonly rateSeries: readonly RatePoint[] | null;
  /** Whether the input file has timestamps; looked up where the load depends on it. */
  readonly inputTimes: FileTimes;
}

/** What must hold between options that are fine one by one. */
export interface Rule {
  readonly about: readonly OptionKey[];
  check(candidate: Candidate, context: RuleContext): Problem[];
}

/** A rule that `key` means nothing unless another option is set. */
export function needs(
  key: OptionKey,
  other: OptionKey,
  isMet: (values: OptionValues) => boolean,
): Rule {
  return hasEffectOnly(key, {
    when: isMet,
    about: [other],
    otherwise: `without ${flagOf(other, "profile")}`,
  });
}

/** A rule that `key` means nothing where another option is set. */
export function uselessWith(key: OptionKey, other: OptionKey): Rule {
  return hasEffectOnly(key, {
    when: (values) => values[other] === null,
    about: [other],
    otherwise: `with ${flagOf(other, "profile")}`,
  });
}

/** What an option depends on. */
export interface Dependence {
  when(values: OptionValues): boolean;
  /** The other options that `when` looks at. */
  readonly about: readonly OptionKey[];
  /** Completes "has no effect". */
  readonly otherwise: string;
}

/** A rule that `key` means nothing unless something holds. */
export function hasEffectOnly(key: OptionKey, { when, about, otherwise }: Dependence): Rule {
  return {
    about: [key, ...about],
    check: (candidate) => {
      if (when(candidate.values) || !isDeliberate(candidate, key)) return [];
      return [problem(candidate, key, `has no effect ${otherwise}`)];
    },
  };
}

/**
 * Whether the user means the value for this very run: not one from the environment, which is there
 * for every run, nor a file that spells out a default.
 */
export function isDeliberate({ values, origins }: Candidate, key: OptionKey): boolean {
  const layer = origins.get(key)?.layer;
  if (layer === "command line") return true;
  // As text, for a default may be a list.
  return layer === "file" && JSON.stringify(values[key]) !== JSON.stringify(specOf(key).default);
}

/** How the user has called an option. */
export function nameOf({ origins }: Candidate, key: OptionKey): string {
  return origins.get(key)?.name ?? flagOf(key, "profile");
}

/** A problem of the value of an option, told by the name that the user gave it under. */
export function problem(candidate: Candidate, key: OptionKey, message: string): Problem {
  return { where: nameOf(candidate, key), message };
}
