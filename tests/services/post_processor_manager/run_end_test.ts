import { assertEquals } from "@std/assert";
import type { RunEnding } from "../../../common/model/run_ending.ts";
import { summaryCsv } from "../../../services/post_processor_manager/exporters/summary_csv.ts";
import { runEndOf } from "../../../services/post_processor_manager/run_end.ts";
import { accumulatorOf } from "../../helpers/metrics_of.ts";
import { phasePlanOf } from "../../helpers/phase_plan.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

const LIMITED = phasePlanOf({ failureLimit: { ratio: 0.5, armedAfter: 10 } });

function endOf(ending: RunEnding, wasCancelled = true) {
  const account = { issued: 14, succeeded: 3, failed: 6, cancelled: 4, lost: 1 };
  const warmup = phasePlanOf({ phase: "warmup" });
  return runEndOf({ ending, wasCancelled, account, phases: [warmup, LIMITED] });
}

Deno.test("a run that had to end because of its failures says how many of how many, and the limit", () => {
  const ending = { reason: "failed_request_threshold", cause: null } as const;
  assertEquals(endOf(ending), {
    reason: "failed_request_threshold",
    detail:
      "More requests of the run failed than --failed-request-threshold 0.5 allows: 7 of 10 (70 %); " +
      "it was ended early, and the results cover what had ended by then.",
    failures: { failed: 7, ended: 10, ratio: 0.7, limit: 0.5 },
  });
  assertEquals(
    endOf(ending, false).detail,
    "More requests of the run failed than --failed-request-threshold 0.5 allows: 7 of 10 (70 %).",
  );
});

const SAID: [ending: RunEnding, detail: string | null][] = [
  [
    { reason: "interrupted", cause: "SIGINT" },
    "The run was interrupted by SIGINT: the results cover what had ended by then.",
  ],
  [
    { reason: "failure", cause: "timing_manager died." },
    "The run failed: timing_manager died; the results cover what had ended by then.",
  ],
  [{ reason: "complete", cause: null }, null],
  [{ reason: "unknown", cause: null }, null],
];

for (const [ending, detail] of SAID) {
  Deno.test(`the end of a run by "${ending.reason}" has its sentence, and no failures`, () => {
    assertEquals(endOf(ending), { reason: ending.reason, detail, failures: null });
  });
}

Deno.test("the CSV tells of an end only where it is not the one that was asked for", () => {
  const tables = (ending: RunEnding) =>
    summaryCsv(accumulatorOf().report({ wasCancelled: true, ending }), runConfigOf())
      .split("\n\n").length;
  assertEquals(tables({ reason: "complete", cause: null }), 3);
  assertEquals(tables({ reason: "interrupted", cause: null }), 4);
});
