import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { consoleText } from "../../../../services/post_processor_manager/exporters/console_text.ts";
import { requestLine } from "../../../../services/post_processor_manager/exporters/request_jsonl.ts";
import { summaryCsv } from "../../../../services/post_processor_manager/exporters/summary_csv.ts";
import { summaryJson } from "../../../../services/post_processor_manager/exporters/summary_json.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";
import { statisticsOf } from "../recomputation.ts";

const { report, config, lines } = sampleRun();
const json = JSON.parse(summaryJson(report, config));
const csv = new Map<string, string[]>(
  parse(summaryCsv(report, config).split("\nInstrument,Value")[0], { fieldsPerRecord: -1 })
    .map(([name, ...cells]: string[]) => [name, cells]),
);

Deno.test("JSON and CSV hold the same metrics and numbers", () => {
  assertEquals(csv.size, report.metrics.length + 1); // and the headers, which share a name
  for (const { tag, header, unit, scalar } of report.metrics) {
    const block = json[tag];
    assertEquals(block.unit, unit);
    const cells = csv.get(unit === "requests" ? header : `${header} (${unit})`)!;
    const names = ["avg", "min", "max", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95"];
    const expected = scalar ? ["avg"] : [...names, "p99", "std"];
    assertEquals(cells.length, expected.length, tag);
    expected.forEach((name, i) => {
      assertAlmostEquals(Number(cells[i]), block[name], 0.005 + Math.abs(block[name]) * 1e-15, tag);
    });
  }
});

Deno.test("the statistics of the lines of single requests are those of the JSON", () => {
  const values = new Map<string, number[]>();
  for (const { record, metrics } of lines) {
    const line = JSON.parse(requestLine(record, metrics, config));
    for (const [tag, entry] of Object.entries<{ value: number; unit: string }>(line.metrics)) {
      assertEquals(entry.unit, json[tag].unit);
      values.set(tag, [...values.get(tag) ?? [], entry.value].flat());
    }
  }
  const distributions = report.metrics.filter((metric) => !metric.scalar).map(({ tag }) => tag);
  assertEquals([...values.keys()].sort(), distributions.sort());
  for (const [tag, list] of values) {
    const { unit: _, ...stats } = json[tag];
    const expected = statisticsOf(list);
    assertEquals(Object.keys(stats).sort(), Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      assertAlmostEquals(stats[name], value, 1e-9 * Math.max(1, Math.abs(value)), `${tag} ${name}`);
    }
  }
});

Deno.test("the console shows what the CSV says", () => {
  const shown = consoleText(report, config).split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) => line.split("│").slice(1, -1).map((cell) => cell.trim()));
  let compared = 0;
  for (const [name, avg, min, max, p99, p90, p50, std] of shown) {
    const cells = csv.get(name!.replace(" (requests)", ""));
    if (!cells) continue; // the errors have a table of their own
    compared++;
    if (cells.length === 1) assertEquals([avg, min], [cells[0]!, "N/A"]);
    else {
      const picked = [0, 1, 2, 11, 9, 7, 12].map((i) => cells[i]!);
      assertEquals([avg!, min!, max!, p99!, p90!, p50!, std!], picked);
    }
  }
  assert(compared === 13);
});
