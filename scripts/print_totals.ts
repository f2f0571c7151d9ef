/**
 * Prints the totals of the test runs in a log, as the last line of a build:
 * `print_totals.ts LOG FAILED_STEPS`. Each step that failed without a failed test of its own
 * (formatting, types, the embedding check) counts as one failure, so that the line is never better
 * than the exit code.
 */

import { formatTotals, parseTotals } from "./test_totals.ts";

const [log, failedSteps] = Deno.args;
const totals = parseTotals(Deno.readTextFileSync(log!)) ?? { passed: 0, failed: 0, skipped: 0 };
if (totals.failed === 0) totals.failed = Number(failedSteps);
console.log(formatTotals(totals));
Deno.exit(totals.failed > 0 ? 1 : 0);
