import type { OptionKey } from "./option_table.ts";

/** The places where options come from, strongest first; what none of them sets has its default. */
const LAYERS = ["command line", "environment", "file", "input file"] as const;

/** Where a value comes from. */
export interface Origin {
  readonly layer: typeof LAYERS[number];
  /**
   * As problems name it: the flag, the environment variable, file and path, or who named the input
   * file.
   */
  readonly name: string;
}

/** A value as it was given, not yet checked. */
export interface Given {
  readonly key: OptionKey;
  readonly origin: Origin;
  /** As the YAML file would hold it. */
  readonly raw: unknown;
  /** The value as a message shows it. */
  readonly shown: string;
}

/** Whether `a` wins over `b` because it comes from a stronger layer. */
export function isStronger(a: Origin, b: Origin): boolean {
  return LAYERS.indexOf(a.layer) < LAYERS.indexOf(b.layer);
}

/** The one of all that are given for an option that counts; undefined when none is. */
export function strongest(all: readonly Given[], key: OptionKey): Given | undefined {
  return all.filter((given) => given.key === key)
    .sort((a, b) => isStronger(a.origin, b.origin) ? -1 : 1)[0];
}
