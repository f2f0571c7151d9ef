import { FAULT_CASES } from "../fault_table.ts";
import { faultsPage, PAGE_PATH } from "../faults_page.ts";
import { runCases } from "../run_cases.ts";

/** Only cases whose `service:fault` this matches are played; then the page stays as it is. */
const ONLY = Deno.env.get("FAULT_CASES");

Deno.test("a run gets over a fault in a service, or ends in order: the whole table", async (t) => {
  const cases = FAULT_CASES.filter(({ service, fault }) =>
    new RegExp(ONLY ?? "").test(`${service}:${fault}`)
  );
  const results = await runCases(t, cases);
  if (results.length < FAULT_CASES.length) return;
  await Deno.writeTextFile(
    new URL(PAGE_PATH, import.meta.resolve("../../../")),
    faultsPage(results),
  );
});
