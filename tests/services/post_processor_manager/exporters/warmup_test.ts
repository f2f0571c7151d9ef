import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { consoleText } from "../../../../services/post_processor_manager/exporters/console_text.ts";
import { summaryCsv } from "../../../../services/post_processor_manager/exporters/summary_csv.ts";
import { summaryJson } from "../../../../services/post_processor_manager/exporters/summary_json.ts";
import { accumulatorOf, reportOn } from "../../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";

const WARM = [
  recordOf({ phase: "warmup" }),
  failedRecordOf({ phase: "warmup" }),
  failedRecordOf({ phase: "warmup" }),
];

const WITH = reportOn([...WARM, recordOf()]);
const WITHOUT = reportOn([recordOf()]);

Deno.test("the JSON tells what became of the warm-up, beside its metrics and nowhere else", () => {
  const json = JSON.parse(summaryJson(WITH, runConfigOf()));
  assertEquals(json.warmup_credits, { issued: 3, succeeded: 1, failed: 2, cancelled: 0, lost: 0 });
  assertEquals(json.warmup_error_summary, [{
    error_details: { code: 503, type: "HTTPError", message: "Service Unavailable" },
    count: 2,
  }]);
  assertEquals(json.warmup_metrics.request_count.avg, 1);
  assertEquals(json.credits, { issued: 1, succeeded: 1, failed: 0, cancelled: 0, lost: 0 });
  assertEquals(json.error_summary, []);
  assertEquals(json.error_request_count.avg, 0);
});

Deno.test("the console and the CSV count the warm-up apart from the results", () => {
  const text = consoleText(WITH, runConfigOf());
  assertStringIncludes(
    text,
    "Warm-up (not in the results): 3 issued = 1 succeeded + 2 failed + 0 cancelled + 0 lost\n" +
      "Credits: 1 issued = 1 succeeded + 0 failed + 0 cancelled + 0 lost\n",
  );
  assertStringIncludes(text, "Warning: The warm-up failed in part: 2 of its 3 requests");
  assertEquals(
    summaryCsv(WITH, runConfigOf()).split("\n\n").at(-1),
    "Warm-up,Value\nWarm-up Requests Issued,3\nWarm-up Requests Succeeded,1\n" +
      "Warm-up Requests Failed,2\nWarm-up Requests Cancelled,0\nWarm-up Requests Lost,0\n",
  );
});

Deno.test("a run without a warm-up says nothing of one", () => {
  const make = [summaryJson, summaryCsv, consoleText];
  for (const text of make.map((exporter) => exporter(WITHOUT, runConfigOf()))) {
    assert(!/warm-?up/i.test(text), text);
  }
});

Deno.test("warm-up requests that left no record are counted and warned of all the same", () => {
  const accumulator = accumulatorOf();
  const warmupAccount = { issued: 2, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
  const report = accumulator.report({ wasCancelled: false, warmupAccount });
  assertEquals(report.warmup, { metrics: [], errors: [], account: warmupAccount });
  assertStringIncludes(report.warnings.join(), "The warm-up failed: none of its 2 requests");
  assertStringIncludes(consoleText(report, runConfigOf()), "+ 0 lost + 2 MISSING\n");
});
