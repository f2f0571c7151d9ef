import { assertEquals } from "@std/assert";
import { formatTotals, parseTotals } from "../../scripts/test_totals.ts";

Deno.test("parseTotals() reads the summary line of a run that went well", () => {
  const log =
    "running 2 tests from ./a_test.ts\na ... ok (1ms)\n\nok | 12 passed | 0 failed (3s)\n";
  assertEquals(parseTotals(log), { passed: 12, failed: 0, skipped: 0 });
});

Deno.test("parseTotals() reads steps, failures and ignored tests", () => {
  const log = "FAILED | 10 passed (4 steps) | 2 failed (1 step) | 3 ignored (2 steps) (1s)\n";
  assertEquals(parseTotals(log), { passed: 10, failed: 2, skipped: 3 });
});

Deno.test("parseTotals() does not take filtered tests for ignored ones", () => {
  const log = "ok | 1 passed | 0 failed | 4 filtered out (8ms)\n";
  assertEquals(parseTotals(log), { passed: 1, failed: 0, skipped: 0 });
});

Deno.test("parseTotals() adds up several runs", () => {
  const log =
    "ok | 3 passed | 0 failed | 1 ignored (1s)\nother\nFAILED | 2 passed | 1 failed (2s)\n";
  assertEquals(parseTotals(log), { passed: 5, failed: 1, skipped: 1 });
});

Deno.test("parseTotals() sees through colours", () => {
  const log = "\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[38;5;245m(1s)\x1b[0m\n";
  assertEquals(parseTotals(log), { passed: 3, failed: 0, skipped: 0 });
});

Deno.test("parseTotals() finds nothing in a log without a summary", () => {
  assertEquals(parseTotals("error: Found 1 not formatted file\nok then | 1 passed\n"), undefined);
});

Deno.test("formatTotals() mentions skipped tests only if there are any", () => {
  assertEquals(formatTotals({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assertEquals(formatTotals({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});
