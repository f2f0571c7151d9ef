/** How many tests of one or more runs of `deno test` ended how. */
export interface TestTotals {
  passed: number;
  failed: number;
  /** Ignored tests: declared, but not run. */
  skipped: number;
}

const SUMMARY_REGEXP =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/gm;

// deno-lint-ignore no-control-regex -- the escape character is what colours start with
const COLOUR_REGEXP = /\x1b\[[0-9;]*m/g;

/** Adds up the summary lines that `deno test` printed; `undefined` if there is none. */
export function parseTotals(log: string): TestTotals | undefined {
  const summaries = [...log.replace(COLOUR_REGEXP, "").matchAll(SUMMARY_REGEXP)];
  if (summaries.length === 0) return undefined;
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of summaries) {
    totals.passed += Number(passed);
    totals.failed += Number(failed);
    totals.skipped += Number(ignored ?? 0);
  }
  return totals;
}

/** `12 passed, 0 failed`, and `, 1 skipped` if there were any. */
export function formatTotals({ passed, failed, skipped }: TestTotals): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}
