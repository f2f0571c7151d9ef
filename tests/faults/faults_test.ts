import { FAULT_CASES } from "./fault_table.ts";
import { runCases } from "./run_cases.ts";

Deno.test("a run gets over a fault in a service, or ends in order: some of the table", async (t) => {
  await runCases(t, FAULT_CASES.filter(({ isQuick }) => isQuick));
});
