import { assertAlmostEquals, assertEquals } from "@std/assert";
import { AGGREGATE_FILES, runFolder, type RunSeries } from "../../../../common/model/run_series.ts";
import { requestLine } from "../../../../services/post_processor_manager/exporters/request_jsonl.ts";
import { Collation } from "../../../../services/post_processor_manager/repeated_runs/collation.ts";
import { collateRuns } from "../../../../services/post_processor_manager/repeated_runs/collate_runs.ts";
import { writeAggregate } from "../../../../services/post_processor_manager/repeated_runs/write_aggregate.ts";
import { MOST_EXACT_REQUESTS } from "../../../../services/post_processor_manager/phase_metrics.ts";
import { withFolder } from "../../../helpers/journal_text.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";
import { completeRuns } from "../../../helpers/run_series.ts";
import { statisticsOf } from "../recomputation.ts";

const { config, report, lines } = sampleRun();
const SAMPLE = lines.map(({ record, metrics }) => requestLine(record, metrics, config));

function latencyLine(...values: number[]): string {
  const shown = values.length === 1 ? values[0] : values;
  const tag = values.length === 1 ? "request_latency" : "inter_chunk_latency";
  return `{"metadata":{},"metrics":{"${tag}":{"value":${JSON.stringify(shown)},"unit":"ms"}}}`;
}

async function writeRun(folder: string, label: string, text: string): Promise<void> {
  await Deno.mkdir(`${folder}/${runFolder(label)}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/${runFolder(label)}/profile_export.jsonl`, text);
}

Deno.test("the requests of one run alone have the statistics of its own summary", () => {
  const collation = new Collation();
  for (const line of SAMPLE) assertEquals(collation.add("run_0001", line), true);
  const metrics = collation.metrics();
  assertEquals(
    metrics.map(({ tag, unit }) => [tag, unit]),
    report.metrics.filter(({ scalar }) => !scalar).map(({ tag, unit }) => [tag, unit]),
  );
  for (const { tag, combined, perRun } of metrics) {
    const { stats } = report.metrics.find((metric) => metric.tag === tag)!;
    assertEquals(Object.keys(combined), Object.keys(stats));
    for (const [name, value] of Object.entries(stats)) {
      const actual = combined[name as keyof typeof combined]!;
      assertAlmostEquals(actual, value!, 1e-9 * Math.max(1, Math.abs(value!)), `${tag} ${name}`);
    }
    assertEquals(perRun.map(({ count }) => count), [stats.count]);
    assertAlmostEquals(perRun[0]!.mean, stats.avg!, 1e-9 * Math.max(1, Math.abs(stats.avg!)));
  }
});

Deno.test("requests of several runs are one population, and lists are taken apart", () => {
  const collation = new Collation();
  const runs = { run_0001: [1, 2, 3, 50], run_0002: [4, 1000], run_0003: [7] };
  for (const [label, values] of Object.entries(runs)) {
    for (const value of values) collation.add(label, latencyLine(value));
  }
  collation.add("run_0002", latencyLine(5, 6, 7));
  const [latency, gaps, ...others] = collation.metrics();
  assertEquals(others, []);
  for (const [name, value] of Object.entries(statisticsOf(Object.values(runs).flat()))) {
    assertAlmostEquals(latency!.combined[name as "avg"]!, value, 1e-9, name);
  }
  assertEquals(latency!.perRun, [
    { label: "run_0001", mean: 14, count: 4 },
    { label: "run_0002", mean: 502, count: 2 },
    { label: "run_0003", mean: 7, count: 1 },
  ]);
  assertEquals([gaps!.tag, gaps!.combined.count, gaps!.perRun], [
    "inter_chunk_latency",
    3,
    [{ label: "run_0002", mean: 6, count: 3 }],
  ]);
});

Deno.test("of a line that cannot be used nothing is taken", () => {
  const collation = new Collation();
  const bad = [
    "",
    "?",
    "null",
    "7",
    "{}",
    '{"metrics":null}',
    '{"metrics":{"request_latency":7}}',
    '{"metrics":{"request_latency":{"unit":"ms"}}}',
    '{"metrics":{"time_to_first_token":{"value":1},"request_latency":{"value":"2"}}}',
    '{"metrics":{"inter_chunk_latency":{"value":[1,null]}}}',
  ];
  for (const line of bad) assertEquals(collation.add("run_0001", line), false, line);
  assertEquals(collation.metrics(), []);
  assertEquals(collation.add("run_0001", '{"metrics":{"of_tomorrow":{"value":"x"}}}'), true);
  assertEquals(collation.metrics(), []);
});

Deno.test("more requests than are kept one by one go to buckets, and are still all counted", () => {
  const collation = new Collation();
  for (let i = 0; i < MOST_EXACT_REQUESTS; i++) collation.add("a", latencyLine(i % 100));
  assertEquals(collation.isInBuckets, false);
  collation.add("b", latencyLine(1000));
  assertEquals(collation.isInBuckets, true);
  const { combined } = collation.metrics()[0]!;
  assertEquals([combined.count, combined.max], [MOST_EXACT_REQUESTS + 1, 1000]);
  assertAlmostEquals(combined.p50!, 50, 0.5);
});

Deno.test("runs without a file, and lines that are torn, are told and left out", async () => {
  await withFolder(async (folder) => {
    await writeRun(folder, "run_0001", `${latencyLine(1)}\n?\n${latencyLine(2)}\n`);
    await writeRun(folder, "run_0003", `${latencyLine(3)}\n${latencyLine(4).slice(0, -3)}`);
    const labels = ["run_0001", "run_0002", "run_0003"];
    const place = { artifactDir: folder, requestMetrics: "profile_export.jsonl" };
    const collated = await collateRuns(place, labels);
    const file = (label: string) => `profile_runs/${label}/profile_export.jsonl`;
    assertEquals(collated.pooled, [
      { label: "run_0001", requests: 2 },
      { label: "run_0003", requests: 1 },
    ]);
    assertEquals(collated.unpooled, [
      { label: "run_0002", reason: `${file("run_0002")}: no such file` },
    ]);
    assertEquals(
      collated.notes,
      ["run_0001", "run_0003"].map((label) =>
        `${file(label)}: 1 line cannot be used and got left out.`
      ),
    );
    assertEquals(collated.metrics[0]!.combined.sum, 6);
  });
});

Deno.test("the collated file holds what there is, also when runs have no metrics of requests", async () => {
  await withFolder(async (folder) => {
    const series: RunSeries = {
      artifactDir: folder,
      requestMetrics: "profile_export.jsonl",
      confidenceLevel: 0.95,
      runs: [
        ...completeRuns(report, report),
        { label: "run_0003", problem: "a service died", report },
      ],
    };
    for (const label of ["run_0001", "run_0002", "run_0003"]) {
      await writeRun(folder, label, SAMPLE.map((line) => `${line}\n`).join(""));
    }
    const read = async () =>
      JSON.parse(await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.collated}`));
    await writeAggregate(series);
    const { metadata, metrics } = await read();
    assertEquals(metadata, {
      aggregation_type: "detailed",
      num_profile_runs: 3,
      num_successful_runs: 2,
      failed_runs: [{ label: "run_0003", error: "a service died" }],
      run_labels: ["run_0001", "run_0002"],
      run_verdicts: ["VALID", "VALID"],
      pooled_runs: [
        { label: "run_0001", requests: 10 },
        { label: "run_0002", requests: 10 },
      ],
      unpooled_runs: [],
      notes: [],
    });
    const { unit, combined, per_run: perRun } = metrics.request_latency;
    assertEquals([unit, combined.unit, combined.count, perRun.length], ["ms", "ms", 14, 2]);
    assertEquals(combined.mean, combined.avg);
    const reason = "--export-level summary writes no metrics of requests";
    const text = await writeAggregate({ ...series, requestMetrics: null });
    assertEquals(text.includes(`Not collated: run_0001, run_0002: ${reason}\n`), true);
    const without = await read();
    assertEquals(without.metrics, {});
    assertEquals(without.metadata.unpooled_runs, [
      { label: "run_0001", reason },
      { label: "run_0002", reason },
    ]);
  });
});
