import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { STATISTICS } from "../../../../common/model/report.ts";
import { aggregateRuns } from "../../../../services/post_processor_manager/repeated_runs/aggregate.ts";
import { completeRuns, latencyOf, reportOf, throughputOf } from "../../../helpers/run_series.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";

const SERIES = { confidenceLevel: 0.95 };
/** The runs of these tests are short. */
const { instrument: { unjudged: UNJUDGED } } = reportOf();

Deno.test("each statistic of each metric is aggregated over the runs, in the order of a run", () => {
  const runs = completeRuns(
    reportOf(throughputOf(10), latencyOf({ avg: 1, p50: 2, count: 7 })),
    reportOf(throughputOf(14), latencyOf({ avg: 3, p50: 2, count: 9 })),
  );
  const { rows, ...rest } = aggregateRuns({ ...SERIES, runs });
  assertEquals(rest, {
    runs: 2,
    confidenceLevel: 0.95,
    labels: ["run_0001", "run_0002"],
    verdicts: ["VALID", "VALID"],
    unjudged: UNJUDGED,
    failed: [],
  });
  assertEquals(
    rows.map(({ key, unit, spread: { n, mean, min, max } }) => [key, unit, n, mean, min, max]),
    [
      ["request_throughput_avg", "requests/sec", 2, 12, 10, 14],
      ["request_latency_avg", "ms", 2, 2, 1, 3],
      ["request_latency_p50", "ms", 2, 2, 2, 2],
      ["request_latency_count", "count", 2, 8, 7, 9],
    ],
  );
  const [throughput] = rows;
  assertAlmostEquals(throughput!.spread.precision!.std, Math.sqrt(8), 1e-12);
  assertAlmostEquals(throughput!.spread.precision!.ciLow, 12 - 12.7062047361747 * 2, 1e-9);
});

Deno.test("runs with a problem or without results do not count, and are listed with the reason", () => {
  const [first] = completeRuns(reportOf(throughputOf(10)));
  const { rows, labels, failed, runs } = aggregateRuns({
    ...SERIES,
    runs: [
      first!,
      { label: "run_0002", problem: "the server burns", report: reportOf(throughputOf(99)) },
      { label: "run_0003", problem: null, report: null },
    ],
  });
  assertEquals([runs, labels], [3, ["run_0001"]]);
  assertEquals(failed, [
    { label: "run_0002", error: "the server burns" },
    { label: "run_0003", error: "it left no results" },
  ]);
  assertEquals(rows.map(({ spread }) => spread), [
    { n: 1, mean: 10, min: 10, max: 10, precision: null },
  ]);
});

Deno.test("without a complete run there is nothing to aggregate", () => {
  const runs = [{ label: "run_0001", problem: "no", report: null }];
  const { rows, labels } = aggregateRuns({ ...SERIES, runs });
  assertEquals([rows, labels], [[], []]);
});

Deno.test("a metric that some runs lack is aggregated over those that have it", () => {
  const runs = completeRuns(
    reportOf(throughputOf(1)),
    reportOf(throughputOf(2), latencyOf({ avg: 5 })),
    reportOf(throughputOf(3), latencyOf({ avg: 7 })),
  );
  const { rows } = aggregateRuns({ ...SERIES, runs });
  assertEquals(rows.map(({ key, spread: { n, mean } }) => [key, n, mean]), [
    ["request_throughput_avg", 3, 2],
    ["request_latency_avg", 2, 6],
  ]);
});

Deno.test("instants are left out, all other metrics of a real report are in", () => {
  const { report } = sampleRun();
  const { rows } = aggregateRuns({ ...SERIES, runs: completeRuns(report, report) });
  const tags = new Set(rows.map(({ metric }) => metric.tag));
  const missing = report.metrics.map(({ tag }) => tag).filter((tag) => !tags.has(tag));
  assertEquals(missing, ["min_request_timestamp", "max_response_timestamp"]);
  for (const { spread } of rows) assertEquals(spread.precision!.std, 0);
});

Deno.test("the aggregate agrees with a slow one made value by value", () => {
  const values = fc.dictionary(
    fc.constantFrom(...STATISTICS),
    fc.integer({ min: -1000, max: 1000 }),
  );
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 10 }), (stats) => {
      const runs = completeRuns(...stats.map((one) => reportOf(latencyOf(one))));
      const { rows } = aggregateRuns({ ...SERIES, runs });
      const expected = STATISTICS.filter((name) => stats.some((one) => one[name] !== undefined));
      assertEquals(rows.map(({ key }) => key), expected.map((name) => `request_latency_${name}`));
      for (const { statistic, spread } of rows) {
        const numbers = stats.map((one) => one[statistic]).filter((one) => one !== undefined);
        let sum = 0;
        for (const number of numbers) sum += number;
        assertEquals(spread.n, numbers.length);
        assertAlmostEquals(spread.mean, sum / numbers.length, 1e-9);
        assertEquals([spread.min, spread.max], [Math.min(...numbers), Math.max(...numbers)]);
        assert((spread.precision === null) === (numbers.length === 1));
      }
    }),
    { seed: 5 },
  );
});
