import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { METRICS } from "../../services/post_processor_manager/metrics/metric_table.ts";
import { type Artifacts, type MetricBlock, metricOf } from "../helpers/artifacts.ts";
import { recompute, statisticsOf } from "../services/post_processor_manager/recomputation.ts";

/** What a metric of an instant is shown in; such numbers are beyond what a double holds. */
const INSTANTS = ["min_request_timestamp", "max_response_timestamp"];

/** Columns of the console table. */
const CONSOLE_COLUMNS = ["avg", "min", "max", "p99", "p90", "p50", "std"];

/** Counts the tokens of a text; for runs whose answers the server counts. */
export type CountText = (text: string) => number;

/**
 * Checks that all files of a run tell the same: the summary that it can be computed from the
 * records, slowly and from the definitions, and every other file that it has the same numbers.
 */
export function checkAgreement(artifacts: Artifacts, countText: CountText = refuse): void {
  checkSummary(artifacts, countText);
  checkRequestLines(artifacts);
  checkTables(artifacts);
  checkConsole(artifacts);
}

function refuse(): never {
  throw new Error("The server has counted the tokens: there is nothing to count");
}

/** The JSON summary against the records. */
function checkSummary(artifacts: Artifacts, countText: CountText): void {
  const { lists, scalars } = recompute(artifacts.records, countText);
  for (const [tag, values] of Object.entries(lists)) {
    if (values.length === 0) assertEquals(artifacts.json[tag], undefined, tag);
    else checkStatistics(metricOf(artifacts, tag), { tag, values });
  }
  for (const [tag, value] of Object.entries(scalars)) {
    assertClose(metricOf(artifacts, tag)["avg"], value, tag);
  }
  const outcomes = artifacts.records.filter(({ phase }) => phase === "profiling")
    .map(({ outcome }) => outcome);
  const count = (outcome: string) => outcomes.filter((other) => other === outcome).length;
  assertEquals(artifacts.json.credits, {
    issued: outcomes.length,
    succeeded: count("success"),
    failed: count("error"),
    cancelled: count("cancelled"),
    lost: count("lost"),
  });
}

/** The metrics of each request against the records and against the JSON summary. */
function checkRequestLines(artifacts: Artifacts): void {
  const { requests, records } = artifacts;
  const measured = records.filter(({ phase }) => phase === "profiling");
  assertEquals(
    requests.map(({ metadata }) => metadata["x_request_id"]),
    measured.map(({ requestId }) => requestId),
  );
  const epochs = requests.flatMap(({ metadata }, i) => {
    const { sentNs } = measured[i]!;
    if (sentNs === null) return [];
    return [(metadata["request_start_ns"] as bigint) - BigInt(Math.round(sentNs))];
  });
  assertEquals(
    new Set(epochs).size,
    Math.min(1, epochs.length),
    "the requests' times have one zero",
  );
  const pooled = new Map<string, number[]>();
  for (const { metrics } of requests) {
    for (const [tag, { value }] of Object.entries(metrics)) {
      const values = pooled.get(tag) ?? [];
      pooled.set(tag, values.concat(value));
    }
  }
  for (const [tag, values] of pooled) checkStatistics(metricOf(artifacts, tag), { tag, values });
  const distributions = Object.entries(artifacts.json)
    .filter(([, block]) => isMetric(block) && block["count"] !== undefined);
  assertEquals(distributions.map(([tag]) => tag).sort(), [...pooled.keys()].sort());
}

/** The CSV summary against the JSON summary. */
function checkTables(artifacts: Artifacts): void {
  const { csv, json } = artifacts;
  assertEquals(csv.columns, "avg,min,max,p1,p5,p10,p25,p50,p75,p90,p95,p99,std".split(","));
  const metrics = METRICS.filter(({ tag }) => json[tag] !== undefined);
  assertEquals(csv.distributions.size + csv.scalars.size, metrics.length);
  for (const { tag, header } of metrics) {
    const block = metricOf(artifacts, tag);
    const label = block.unit === "requests" ? header : `${header} (${block.unit})`;
    if (INSTANTS.includes(tag)) {
      assertEquals(Number(csv.scalars.get(label)), block["avg"], label);
    } else if (block["count"] === undefined) {
      assertRounded(csv.scalars.get(label), block["avg"]!, label);
    } else {
      const cells = csv.distributions.get(label);
      csv.columns.forEach((name, i) => assertRounded(cells?.[i], block[name]!, `${label} ${name}`));
    }
  }
}

/** The console's table against the JSON summary. */
function checkConsole(artifacts: Artifacts): void {
  const rows = artifacts.console.split("\n").filter((line) => line.startsWith("│"))
    .map((line) => line.split("│").slice(1, -1).map((cell) => cell.trim()));
  for (const { tag, header, consoleOrder } of METRICS) {
    if (consoleOrder === null || artifacts.json[tag] === undefined) continue;
    const block = metricOf(artifacts, tag);
    const row = rows.find(([name]) => name === `${header} (${block.unit})`);
    assert(row, `The console does not show ${header}`);
    CONSOLE_COLUMNS.forEach((name, i) => {
      const value = block[name];
      if (value === undefined) assertEquals(row?.[i + 1], "N/A", header);
      else assertRounded(row?.[i + 1]?.replaceAll(",", ""), value, `${header} ${name}`);
    });
  }
}

function checkStatistics(block: MetricBlock, of: { tag: string; values: number[] }): void {
  for (const [name, expected] of Object.entries(statisticsOf(of.values))) {
    assertClose(block[name], expected, `${of.tag} ${name}`);
  }
}

function isMetric(value: unknown): value is MetricBlock {
  return typeof value === "object" && value !== null && "unit" in value;
}

function assertClose(actual: number | undefined, expected: number, what: string): void {
  assertAlmostEquals(actual ?? NaN, expected, 1e-9 + Math.abs(expected) * 1e-9, what);
}

/** Text with two decimals, or none. */
function assertRounded(text: string | undefined, expected: number, what: string): void {
  assertAlmostEquals(Number(text || NaN), expected, 0.005 + Math.abs(expected) * 1e-9, what);
}
