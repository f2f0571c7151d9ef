import type { OptionValues } from "./option_table.ts";

/** How a run is made several times over. */
export interface Repetition {
  /** 2 to 10. */
  readonly runs: number;
  /** Between two runs. */
  readonly cooldownMs: number;
  /** Above 0 and below 1. */
  readonly confidenceLevel: number;
  /** Whether the first run alone has a warm-up. */
  readonly warmUpOnce: boolean;
  /** Whether all runs send the same. */
  readonly sameSeed: boolean;
}

/** The repetition that the options ask for; null when there is one run. */
export function repetitionOf(values: OptionValues): Repetition | null {
  if (values.numProfileRuns === 1) return null;
  return {
    runs: values.numProfileRuns,
    cooldownMs: values.profileRunCooldownSeconds * 1000,
    confidenceLevel: values.confidenceLevel,
    warmUpOnce: values.profileRunDisableWarmupAfterFirst,
    sameSeed: values.setConsistentSeed || values.randomSeed !== null,
  };
}
