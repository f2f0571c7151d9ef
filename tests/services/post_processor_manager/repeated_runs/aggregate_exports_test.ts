import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../../../../common/model/instrument.ts";
import type { RunReport } from "../../../../common/model/report.ts";
import type { EndedRun } from "../../../../common/model/run_series.ts";
import {
  type Aggregate,
  aggregateRuns,
} from "../../../../services/post_processor_manager/repeated_runs/aggregate.ts";
import { aggregateCsv } from "../../../../services/post_processor_manager/repeated_runs/aggregate_csv.ts";
import { aggregateJson } from "../../../../services/post_processor_manager/repeated_runs/aggregate_json.ts";
import {
  aggregateText,
  repeatability,
} from "../../../../services/post_processor_manager/repeated_runs/aggregate_text.ts";
import { completeRuns, latencyOf, reportOf, throughputOf } from "../../../helpers/run_series.ts";

const PLACE = { artifactDir: "/out", collated: { unpooled: [], notes: [] } };

function aggregateOf(runs: readonly EndedRun[], confidenceLevel = 0.95): Aggregate {
  return aggregateRuns({ confidenceLevel, runs });
}

function judged(verdict: Verdict, report: RunReport): RunReport {
  return { ...report, instrument: { ...report.instrument, verdict } };
}

/** Two complete runs of three. */
const TWO_OF_THREE = aggregateOf([
  ...completeRuns(
    reportOf(throughputOf(1), latencyOf({ avg: 100, p50: 0, p75: 5, p99: 123456.789 })),
    judged(
      "SUSPECT",
      reportOf(throughputOf(3), latencyOf({ avg: 104, p50: 0, p75: 5, p99: 123456.789 })),
    ),
  ),
  { label: "run_0003", problem: 'a service died,\nas "services" do', report: null },
]);

const ONE_OF_TWO = aggregateOf([
  ...completeRuns(reportOf(throughputOf(1))),
  { label: "run_0002", problem: "it was interrupted by SIGINT", report: null },
]);

Deno.test("aggregateJson says which runs there are and has a block for each statistic", () => {
  const { metadata, metrics } = JSON.parse(aggregateJson(TWO_OF_THREE));
  assertEquals(metadata, {
    aggregation_type: "confidence",
    num_profile_runs: 3,
    num_successful_runs: 2,
    failed_runs: [{ label: "run_0003", error: 'a service died,\nas "services" do' }],
    confidence_level: 0.95,
    run_labels: ["run_0001", "run_0002"],
    run_verdicts: ["VALID", "SUSPECT"],
  });
  assertEquals(Object.keys(metrics), [
    "request_throughput_avg",
    "request_latency_avg",
    "request_latency_p50",
    "request_latency_p75",
    "request_latency_p99",
  ]);
  const throughput = metrics.request_throughput_avg;
  const rounded = Object.entries(throughput).map(([name, value]) => [
    name,
    typeof value === "number" ? Number(value.toFixed(9)) : value,
  ]);
  assertEquals(rounded, [
    ["mean", 2],
    ["std", 1.414213562],
    ["min", 1],
    ["max", 3],
    ["cv", 0.707106781],
    ["se", 1],
    ["ci_low", -10.706204736],
    ["ci_high", 14.706204736],
    ["t_critical", 12.706204736],
    ["unit", "requests/sec"],
    ["n", 2],
  ]);
});

Deno.test("aggregateJson has null for what is infinite and for what one run cannot have", () => {
  assertEquals(JSON.parse(aggregateJson(TWO_OF_THREE)).metrics.request_latency_p50.cv, null);
  assertEquals(JSON.parse(aggregateJson(ONE_OF_TWO)).metrics.request_throughput_avg, {
    mean: 1,
    std: null,
    min: 1,
    max: 1,
    cv: null,
    se: null,
    ci_low: null,
    ci_high: null,
    t_critical: null,
    unit: "requests/sec",
    n: 1,
  });
});

Deno.test("aggregateCsv has a table of the metrics and one of the runs", () => {
  assertEquals(
    aggregateCsv(TWO_OF_THREE),
    `metric,mean,std,min,max,cv,se,ci_low,ci_high,t_critical,unit,n
request_throughput_avg,2,1.41421,1,3,0.707107,1,-10.7062,14.7062,12.7062,requests/sec,2
request_latency_avg,102,2.82843,100,104,0.0277297,2,76.5876,127.412,12.7062,ms,2
request_latency_p50,0,0,0,0,inf,0,0,0,12.7062,ms,2
request_latency_p75,5,0,5,5,0,0,5,5,12.7062,ms,2
request_latency_p99,123457,0,123457,123457,0,0,123457,123457,12.7062,ms,2

metadata,value
aggregation_type,confidence
num_profile_runs,3
num_successful_runs,2
confidence_level,0.95
run_labels,run_0001 run_0002
run_verdicts,VALID SUSPECT
failed_run,"run_0003: a service died,
as ""services"" do"
`,
  );
  assertStringIncludes(
    aggregateCsv(ONE_OF_TWO),
    "\nrequest_throughput_avg,1,,1,1,,,,,,requests/sec,1\n",
  );
});

Deno.test("aggregateText shows mean, half-width and repeatability, and what does not count", () => {
  assertEquals(
    aggregateText(TWO_OF_THREE, PLACE),
    `                                            aiperf | Aggregate of 2 of 3 runs
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃                            Metric ┃ Statistic ┃       Mean ┃ ± 95 % ┃        Min ┃        Max ┃     CV ┃ Repeatability ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━┩
│              Request Latency (ms) │ avg       │     102.00 │  25.41 │     100.00 │     104.00 │  2.8 % │ excellent     │
│                                   │ p50       │       0.00 │   0.00 │       0.00 │       0.00 │    N/A │ N/A           │
│                                   │ p99       │ 123,456.79 │   0.00 │ 123,456.79 │ 123,456.79 │  0.0 % │ excellent     │
│ Request Throughput (requests/sec) │ value     │       2.00 │  12.71 │       1.00 │       3.00 │ 70.7 % │ poor          │
└───────────────────────────────────┴───────────┴────────────┴────────┴────────────┴────────────┴────────┴───────────────┘

Verdict on the measurement: SUSPECT in run_0002

Does not count: run_0003: a service died, as "services" do

Aggregate CSV: /out/aggregate/profile_export_aiperf_aggregate.csv
Aggregate JSON: /out/aggregate/profile_export_aiperf_aggregate.json
Collated JSON: /out/aggregate/profile_export_aiperf_collated.json
`,
  );
});

Deno.test("aggregateText says that one run has no interval, and that no run has no numbers", () => {
  const one = aggregateText(ONE_OF_TWO, PLACE);
  assertStringIncludes(one, "│ value     │ 1.00 │    N/A │ 1.00 │ 1.00 │ N/A │ N/A           │\n");
  assertStringIncludes(
    one,
    "┘\nOne run alone says nothing about how far its numbers can be trusted.\n",
  );
  const none = aggregateText(
    aggregateOf([{ label: "run_0001", problem: "no", report: null }]),
    PLACE,
  );
  assert(none.startsWith("None of 1 runs is complete: there is nothing to aggregate.\n\nDoes not"));
});

Deno.test("aggregateText shows the worst verdict, and which runs got it when not all did", () => {
  const verdictOf = (...verdicts: Verdict[]) => {
    const runs = completeRuns(...verdicts.map((one) => judged(one, reportOf(throughputOf(1)))));
    return /^Verdict .*: (.*)$/m.exec(aggregateText(aggregateOf(runs), PLACE))?.[1];
  };
  assertEquals(verdictOf("VALID", "VALID"), "VALID, of what could be judged");
  const [whole] = completeRuns(judged("VALID", reportOf(throughputOf(1))));
  const { report } = whole!;
  const instrument = { ...report!.instrument, unjudged: [] };
  const text = aggregateText(
    aggregateOf([{ ...whole!, report: { ...report!, instrument } }]),
    PLACE,
  );
  assertStringIncludes(text, "Verdict on the measurement: VALID\n");
  assertEquals(verdictOf("VALID", "SUSPECT", "SUSPECT"), "SUSPECT in run_0002, run_0003");
  assertEquals(verdictOf("INVALID", "SUSPECT"), "INVALID in run_0001");
  assertEquals(verdictOf("INVALID", "INVALID"), "INVALID");
  assertEquals(verdictOf(), undefined);
});

Deno.test("aggregateText names the confidence with as many digits as it has", () => {
  const runs = completeRuns(reportOf(throughputOf(1)), reportOf(throughputOf(2)));
  for (const [level, text] of [[0.9, "90 %"], [0.995, "99.5 %"], [0.29, "29 %"]] as const) {
    assertStringIncludes(aggregateText(aggregateOf(runs, level), PLACE), `┃ ± ${text} ┃`);
  }
});

Deno.test("a coefficient of variation has a guide word, none when it is infinite", () => {
  const words = [0, 0.0499, 0.05, 0.0999, 0.1, 0.1999, 0.2, 5, Infinity].map(repeatability);
  assertEquals(words, [
    ...["excellent", "excellent", "good", "good", "fair", "fair", "poor", "poor"],
    null,
  ]);
});

Deno.test("aggregateText says whose requests are not in the collated file, and why", () => {
  const reason = "--export-level summary writes no metrics of requests";
  const text = aggregateText(TWO_OF_THREE, {
    artifactDir: "/out",
    collated: {
      unpooled: [
        { label: "run_0001", reason },
        { label: "run_0002", reason },
        { label: "run_0004", reason: "x.jsonl: no such file" },
      ],
      notes: ["x.jsonl: 1 line cannot be used and got left out."],
    },
  });
  assertStringIncludes(
    text,
    `\n\nNot collated: run_0001, run_0002: ${reason}\n` +
      "Not collated: run_0004: x.jsonl: no such file\n" +
      "Collated: x.jsonl: 1 line cannot be used and got left out.\n\n",
  );
});
