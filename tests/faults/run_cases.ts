import { HAS_PROC } from "../helpers/run_aiperf.ts";
import { type CaseResult, checkCase } from "./check_case.ts";
import type { FaultCase } from "./fault_table.ts";

/** So many runs at the same time: they mostly wait. */
const AT_ONCE = 3;

/** Plays cases side by side as steps of one test; resolves with what came of those that held. */
export async function runCases(
  t: Deno.TestContext,
  cases: readonly FaultCase[],
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const waiting = [...cases];
  const playNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await step(t, next, results);
    }
  };
  if (HAS_PROC) await Promise.all(Array.from({ length: AT_ONCE }, playNext));
  return results;
}

async function step(t: Deno.TestContext, faultCase: FaultCase, results: CaseResult[]) {
  const { service, fault, ending } = faultCase;
  await t.step({
    name: `${service}: ${fault}: ${ending}`,
    // Steps that run side by side cannot tell whose a resource is.
    sanitizeOps: false,
    sanitizeResources: false,
    sanitizeExit: false,
    fn: async () => void results.push(await checkCase(faultCase)),
  });
}
