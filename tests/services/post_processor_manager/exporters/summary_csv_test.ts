import { assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import * as fc from "fast-check";
import {
  csvCell,
  summaryCsv,
} from "../../../../services/post_processor_manager/exporters/summary_csv.ts";
import { accumulatorOf } from "../../../helpers/metrics_of.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";

function tablesOf(csv: string): string[] {
  return csv.trimEnd().split("\n\n");
}

Deno.test("csvCell quotes what has to be quoted, so that a reader gets the text back", () => {
  assertEquals(csvCell("plain"), "plain");
  assertEquals(csvCell('a "b", c'), '"a ""b"", c"');
  const texts = fc.array(fc.string().map((text) => `x${text}`), { minLength: 2, maxLength: 5 });
  fc.assert(fc.property(texts, (row) => {
    fc.pre(!row.some((cell) => cell.includes("\r")));
    assertEquals(parse(`${row.map(csvCell).join(",")}\n`), [row]);
  }));
});

Deno.test("csvCell defuses what a spreadsheet would run, and leaves numbers alone", () => {
  for (const text of ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@x", "\tx"]) {
    assertEquals(csvCell(text), `'${text}`);
  }
  for (const number of ["-8.57", "+1", "0", ""]) assertEquals(csvCell(number), number);
});

Deno.test("summaryCsv sorts both tables by tag and leaves a missing statistic empty", () => {
  const { report, config } = sampleRun();
  const metrics = report.metrics.filter(({ tag }) =>
    ["time_to_first_token", "decode_duration", "request_count", "benchmark_duration"].includes(tag)
  ).map((metric) => metric.scalar ? metric : { ...metric, stats: { avg: 1, p99: 2.345 } });
  assertEquals(
    tablesOf(summaryCsv({ ...report, metrics }, config)).slice(0, 2).join("\n\n"),
    [
      "Metric,avg,min,max,p1,p5,p10,p25,p50,p75,p90,p95,p99,std",
      "Decode Duration (ms),1.00,,,,,,,,,,,2.35,",
      "Time to First Token (ms),1.00,,,,,,,,,,,2.35,",
      "",
      "Metric,Value",
      "Benchmark Duration (sec),6.17",
      "Request Count,7",
    ].join("\n"),
  );
});

Deno.test("summaryCsv of a run without any record still has both tables", () => {
  const report = accumulatorOf().report({ wasCancelled: false });
  assertEquals(tablesOf(summaryCsv(report, runConfigOf())).slice(0, 2), [
    "Metric,avg,min,max,p1,p5,p10,p25,p50,p75,p90,p95,p99,std",
    "Metric,Value\nCancelled Request Count,0\nCompleted Request Count,0\n" +
    "Error Request Count,0\nRequest Count,0",
  ]);
});

Deno.test("summaryCsv says in a third table what the result is worth", () => {
  const { report, config } = sampleRun();
  const [header, ...rows] = parse(tablesOf(summaryCsv(report, config))[2]) as string[][];
  assertEquals(header, ["Instrument", "Value"]);
  assertEquals(rows[0], ["Verdict", report.instrument.verdict]);
  const values = new Map(rows.map(([name, value]) => [name!, value!]));
  assertEquals(values.get("Requests Sent"), "10");
  assertEquals(values.get("Schedule Lateness p99 (ms)"), "0.30");
  assertEquals(values.get("worker_0 CPU (%)"), "12.50");
});
