import { assertEquals } from "@std/assert";
import {
  type EndedRunFacts,
  nothingSucceeded,
  whyIncomplete,
} from "../../../common/model/run_problems.ts";
import type { RunEnding } from "../../../common/model/run_ending.ts";

const ACCOUNT = { issued: 10, succeeded: 7, failed: 2, cancelled: 0, lost: 1 };
const NOTHING = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
const REPORT = { account: ACCOUNT, errors: [] };

function why(
  reason: RunEnding["reason"],
  { cause = null, ...facts }: Partial<EndedRunFacts> & { cause?: string | null } = {},
): string | null {
  return whyIncomplete({
    ending: { reason, cause },
    records: { missing: 0, missingIds: [] },
    report: REPORT,
    unwritten: [],
    ...facts,
  });
}

Deno.test("a run that was made as asked for is complete", () => {
  assertEquals(why("complete"), null);
  assertEquals(why("unknown", { records: null }), null);
});

Deno.test("of a run that was interrupted nothing else is said: the rest follows from that", () => {
  const rest = { records: { missing: 3, missingIds: [1, 2, 3] }, unwritten: ["No disk."] };
  assertEquals(why("interrupted", { cause: "SIGINT", ...rest }), "it was interrupted by SIGINT");
  assertEquals(why("interrupted"), "it was interrupted");
});

Deno.test("all that kept a run from being complete is said in one line", () => {
  const records = { missing: 1, missingIds: [4] };
  assertEquals(
    why("failure", { cause: "worker_manager died", records, unwritten: ["Cannot write a.json"] }),
    "worker_manager died; 1 credit was issued and never became a record (4); Cannot write a.json",
  );
  assertEquals(
    why("failed_request_threshold"),
    "more requests failed than --failed-request-threshold allows: 3 of 10",
  );
  assertEquals(
    why("failed_request_threshold", { report: null }),
    "more requests failed than --failed-request-threshold allows",
  );
});

Deno.test("a run without a success says so, unless it broke before it sent anything", () => {
  const report = { account: { ...ACCOUNT, succeeded: 0, failed: 9 }, errors: [] };
  assertEquals(why("complete", { report }), "no request succeeded (of 10)");
  const empty = { account: NOTHING, errors: [] };
  assertEquals(why("failure", { cause: "it broke", report: empty }), "it broke");
  assertEquals(
    nothingSucceeded(empty, false),
    "no request was sent, as none was due before the end",
  );
});
