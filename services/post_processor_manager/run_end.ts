import type { CreditAccount } from "../../common/model/report.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import type { RunEnd, RunEnding } from "../../common/model/run_ending.ts";

const PARTIAL = "the results cover what had ended by then.";

/** What the end of a run is judged by. */
export interface RunEndFacts {
  readonly ending: RunEnding;
  /** Whether it ended before all that was asked for was done. */
  readonly wasCancelled: boolean;
  /** What became of the credits of the profiling phase. */
  readonly account: CreditAccount;
  readonly phases: readonly Pick<PhasePlan, "phase" | "failureLimit">[];
}

/** Says why a run ended, for its reader. */
export function runEndOf(facts: RunEndFacts): RunEnd {
  const { ending: { reason, cause } } = facts;
  switch (reason) {
    case "failed_request_threshold":
      return tooManyFailures(facts);
    case "interrupted": {
      const by = cause === null ? "" : ` by ${cause}`;
      return { reason, detail: `The run was interrupted${by}: ${PARTIAL}`, failures: null };
    }
    case "failure": {
      const what = (cause ?? "see logs/aiperf.log").replace(/\.$/, "");
      return { reason, detail: `The run failed: ${what}; ${PARTIAL}`, failures: null };
    }
    // Of a journal without an end the report says what that may mean.
    case "unknown":
    case "complete":
      return { reason, detail: null, failures: null };
  }
}

function tooManyFailures({ wasCancelled, account, phases }: RunEndFacts): RunEnd {
  const limit = phases.find(({ phase }) => phase === "profiling")?.failureLimit?.ratio ?? 0;
  const failed = account.failed + account.lost;
  const ended = account.succeeded + failed;
  const ratio = ended === 0 ? 0 : failed / ended;
  const percent = (part: number) => `${Number((100 * part).toFixed(2))} %`;
  // What was on its way at that moment may have made up for it: it is counted as well.
  const how = wasCancelled ? `; it was ended early, and ${PARTIAL}` : ".";
  return {
    reason: "failed_request_threshold",
    detail: `More requests of the run failed than --failed-request-threshold ${limit} allows: ` +
      `${failed} of ${ended} (${percent(ratio)})${how}`,
    failures: { failed, ended, ratio, limit },
  };
}
