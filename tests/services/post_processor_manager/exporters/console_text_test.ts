import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { consoleText } from "../../../../services/post_processor_manager/exporters/console_text.ts";
import { widthOf } from "../../../../services/post_processor_manager/exporters/plain_text.ts";
import type { RunReport } from "../../../../common/model/report.ts";
import { accumulatorOf, reportOn } from "../../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";

function linesOf(report: RunReport, config = runConfigOf()): string[] {
  return consoleText(report, config).split("\n");
}

/** The lines of each table, by its title. */
function tables(lines: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("┏")) found.push([]);
    if (/^[┏┃┡│└]/.test(line)) found.at(-1)!.push(line);
  }
  return found;
}

Deno.test("consoleText aligns the columns of every table within 140 columns", () => {
  const message = `${"短い文 ".repeat(80)} and ${"x".repeat(500)}`;
  const report = reportOn([
    recordOf({ chunksAfterNs: [1, 2 ** 52] }),
    failedRecordOf({ error: { code: null, type: "T".repeat(90), message } }),
    failedRecordOf({ error: { code: 1, type: "short", message: "m" } }),
  ]);
  const all = tables(linesOf(report));
  assertEquals(all.length, 2);
  for (const table of all) {
    assertEquals(new Set(table.map(widthOf)).size, 1);
    assert(widthOf(table[0]!) <= 140);
  }
});

Deno.test("consoleText cuts long messages with … where the other exports keep them", () => {
  const message = "because ".repeat(60).trim();
  const report = reportOn([failedRecordOf({ error: { code: 500, type: "HTTPError", message } })]);
  const text = consoleText(report, runConfigOf());
  assertStringIncludes(text, "because because");
  assertStringIncludes(text, "… │");
  assertEquals(report.errors[0]!.error.message, message);
});

Deno.test("consoleText lets nothing through that a terminal would act upon", () => {
  const message = "\x1b[31mred\x1b[0m \x07 a\tb\nc\r\nd \u202edrow\u0085 \u009b2J";
  const report = reportOn([
    failedRecordOf({ error: { code: 500, type: "\x1b]0;t\x07", message } }),
  ]);
  const text = consoleText(
    { ...report, warnings: [message] },
    runConfigOf({ cliCommand: message }),
  );
  // deno-lint-ignore no-control-regex -- control characters are what the test is about
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text));
  assertStringIncludes(text, "│ �[31mred�[0m � a b c d �drow");
});

Deno.test("consoleText separates thousands and writes huge numbers with an exponent", () => {
  const chunksAfterNs = [1_234_567_891_234];
  const report = reportOn([recordOf({ chunksAfterNs })]);
  assertStringIncludes(consoleText(report, runConfigOf()), "│ 1,234,567.89 │");
  const huge = reportOn([recordOf({ chunksAfterNs: [4e15] })]);
  assertStringIncludes(consoleText(huge, runConfigOf()), "│ 4.00e+9 │");
});

Deno.test("consoleText shows a run without any success as it is", () => {
  const text = consoleText(reportOn([failedRecordOf()]), runConfigOf());
  assertStringIncludes(text, "Request Count (requests) │   0 │ N/A │");
  assertStringIncludes(text, "│  503 │ HTTPError │ Service Unavailable │     1 │");
  assertStringIncludes(text, "Warning: No request of 1 succeeded");
  assertStringIncludes(text, "Benchmark Duration: N/A");
  assertStringIncludes(
    text,
    "Credits: 1 issued = 0 succeeded + 1 failed + 0 cancelled + 0 lost\n",
  );
});

Deno.test("consoleText of a run without any record has its table and its files", () => {
  const text = consoleText(accumulatorOf().report({ wasCancelled: true }), runConfigOf());
  assertStringIncludes(text, "Request Count (requests) │   0 │");
  assertStringIncludes(text, "Log File: artifacts/mock-openai-chat-concurrency1/logs/aiperf.log");
});

Deno.test("consoleText names the file of request metrics only where there is one", () => {
  const { report } = sampleRun();
  const named = (exportRecords: boolean) =>
    consoleText(report, runConfigOf({ exportRecords })).includes("profile_export.jsonl");
  assertEquals([named(true), named(false)], [true, false]);
});

Deno.test("consoleText shows the twenty most frequent kinds of error and how many more there are", () => {
  const records = Array.from(
    { length: 25 },
    (_, i) => failedRecordOf({ error: { code: 500, type: "HTTPError", message: `kind ${i}` } }),
  );
  const text = consoleText(reportOn([...records, records[24]!]), runConfigOf());
  assertStringIncludes(text, "5 further kinds of error: see the JSON export");
  assertStringIncludes(text, "kind 24 ");
  assert(!text.includes("kind 20 "));
});

Deno.test("consoleText says how many credits have no record", () => {
  const report = reportOn([recordOf()]);
  const account = { issued: 4, succeeded: 1, failed: 0, cancelled: 1, lost: 0 };
  assertStringIncludes(
    consoleText({ ...report, account }, runConfigOf()),
    "Credits: 4 issued = 1 succeeded + 0 failed + 1 cancelled + 0 lost + 2 MISSING\n",
  );
});
