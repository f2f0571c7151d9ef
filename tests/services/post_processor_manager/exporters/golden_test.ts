import { consoleText } from "../../../../services/post_processor_manager/exporters/console_text.ts";
import { requestLine } from "../../../../services/post_processor_manager/exporters/request_jsonl.ts";
import { summaryCsv } from "../../../../services/post_processor_manager/exporters/summary_csv.ts";
import { summaryJson } from "../../../../services/post_processor_manager/exporters/summary_json.ts";
import { assertGolden } from "../../../helpers/golden.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";

Deno.test("every export of a fixed run is what it was", async () => {
  const { report, config, lines } = sampleRun();
  await assertGolden("profile_export_aiperf.json", summaryJson(report, config));
  await assertGolden("profile_export_aiperf.csv", summaryCsv(report, config));
  await assertGolden("profile_export_console.txt", consoleText(report, config));
  const text = lines.map(({ record, metrics }) => `${requestLine(record, metrics, config)}\n`);
  await assertGolden("profile_export.jsonl", text.join(""));
});
