import type { Completed, CompletedFlag } from "./completion_table.ts";

/** The branches of a shell's `case "$flag"`, one for all flags whose values are completed alike. */
export function valueCases(
  flags: readonly CompletedFlag[],
  completing: (value: Completed) => string,
): string[] {
  const values = Map.groupBy(
    flags.filter(({ value }) => value.kind !== "nothing"),
    ({ value }) => completing(value),
  );
  return [...values].map(([does, all]) =>
    `        ${all.map(({ flag }) => flag).join("|")}) ${does} ;;`
  );
}
