import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { MetricStats, RunReport } from "../../../common/model/report.ts";
import {
  type ConsoleMetric,
  consoleMetrics,
  SCHEDULE_GAP,
  tellsMore,
} from "../../../services/post_processor_manager/console_metrics.ts";
import { consoleText } from "../../../services/post_processor_manager/exporters/console_text.ts";
import { METRICS } from "../../../services/post_processor_manager/metrics/metric_table.ts";
import { aggregateRuns } from "../../../services/post_processor_manager/repeated_runs/aggregate.ts";
import { aggregateText } from "../../../services/post_processor_manager/repeated_runs/aggregate_text.ts";
import { reportOn } from "../../helpers/metrics_of.ts";
import { recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";
import { completeRuns } from "../../helpers/run_series.ts";

const MS = 1e6;

const GAPS: [what: string, ordinary: MetricStats, whole: MetricStats, isMore: boolean][] = [
  ["the same", { p50: 100, p99: 200 }, { p50: 100, p99: 200 }, false],
  ["5 % more at the median", { p50: 100, p99: 200 }, { p50: 105, p99: 205 }, false],
  ["over 5 % more at the median", { p50: 100, p99: 200 }, { p50: 105.01, p99: 205 }, true],
  ["5 % more at the p99", { p50: 100, p99: 200 }, { p50: 100, p99: 210 }, false],
  ["over 5 % more at the p99", { p50: 100, p99: 200 }, { p50: 100, p99: 210.01 }, true],
  ["1 ms more of little", { p50: 2, p99: 4 }, { p50: 3, p99: 5 }, false],
  ["over 1 ms more of little", { p50: 2, p99: 4 }, { p50: 3.01, p99: 5 }, true],
  ["over 1 ms more of much", { p50: 1000, p99: 2000 }, { p50: 1040, p99: 2090 }, false],
  ["less", { p50: 100, p99: 200 }, { p50: 10, p99: 20 }, false],
  ["more on average alone", { avg: 1, p50: 1, p99: 1 }, { avg: 99, p50: 1, p99: 1 }, false],
  ["nothing to compare", { avg: 1 }, { p50: 99, p99: 99 }, false],
];

for (const [what, ordinary, whole, isMore] of GAPS) {
  Deno.test(`from the schedule ${what}: ${isMore ? "worth" : "not worth"} a row`, () => {
    assertEquals(tellsMore(ordinary, whole), isMore);
  });
}

Deno.test("a latency from the schedule has a row if and only if both limits are exceeded", () => {
  const ms = fc.double({ min: 0, max: 1e4, noNaN: true });
  fc.assert(fc.property(ms, ms, (usual, more) => {
    const whole = usual + more;
    const exceeds = whole - usual > SCHEDULE_GAP.ms &&
      whole - usual > SCHEDULE_GAP.fraction * usual;
    for (const name of ["p50", "p99"]) {
      const ordinary = { p50: 0, p99: 0, [name]: usual };
      assertEquals(tellsMore(ordinary, { p50: 0, p99: 0, [name]: whole }), exceeds);
    }
  }));
});

Deno.test("rows from the schedule have places that no other metric has", () => {
  const metrics = METRICS.map(({ tag, consoleOrder }): ConsoleMetric => {
    const isLong = tag.endsWith("_from_schedule");
    const stats = tag === "time_to_first_output_token"
      ? { p50: 2, p99: 2 }
      : isLong
      ? { p50: 9, p99: 9 }
      : { p50: 1, p99: 1 };
    return { tag, consoleOrder, stats };
  });
  const tags = consoleMetrics(metrics).map(({ tag }) => tag);
  assertEquals(tags.slice(0, 7), [
    "time_to_first_token",
    "time_to_first_token_from_schedule",
    "time_to_first_output_token",
    "time_to_first_output_token_from_schedule",
    "time_to_second_token",
    "request_latency",
    "request_latency_from_schedule",
  ]);
  const usual = METRICS.filter(({ consoleOrder }) => consoleOrder !== null)
    .toSorted((a, b) => a.consoleOrder! - b.consoleOrder!).map(({ tag }) => tag);
  assertEquals(
    tags.filter((tag) => !/_from_schedule$|first_output/.test(tag)),
    usual,
    "the other rows stand as they do without them",
  );
});

/** Requests that all left so many milliseconds after they were due. */
function reportLate(lateMs: number, firstOutputChunk = 0): RunReport {
  return reportOn(
    [0, 1, 2].map(() =>
      recordOf({ dueNs: 1000 * MS, sentNs: (1000 + lateMs) * MS, firstOutputChunk })
    ),
  );
}

function rowsIn(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("│"))
    .map((line) => line.split("│")[1]!.trim());
}

Deno.test("the console shows what a wait added, right below the latency that does not have it", () => {
  const rows = rowsIn(consoleText(reportLate(500), runConfigOf()));
  assertEquals(rows.slice(0, 5), [
    "Time to First Token (ms)",
    "Time to First Token from Schedule (ms)",
    "Time to Second Token (ms)",
    "Request Latency (ms)",
    "Request Latency from Schedule (ms)",
  ]);
  assertEquals(rowsIn(consoleText(reportLate(4), runConfigOf())).slice(0, 3), [
    "Time to First Token (ms)",
    "Time to Second Token (ms)",
    "Request Latency (ms)",
  ]);
});

Deno.test("after reasoning, the first output token from the schedule has its own two rows", () => {
  assertEquals(rowsIn(consoleText(reportLate(500, 2), runConfigOf())).slice(1, 5), [
    "Time to First Token from Schedule (ms)",
    "Time to First Output Token (ms)",
    "Time to First Output Token from Schedule (ms)",
    "Time to Second Token (ms)",
  ]);
});

Deno.test("the aggregate shows a latency from the schedule by the means of the runs, not by the first", () => {
  const textOf = (...lateMs: number[]) => {
    const runs = completeRuns(...lateMs.map((late) => reportLate(late)));
    return aggregateText(aggregateRuns({ confidenceLevel: 0.95, runs }), {
      artifactDir: "o",
      collated: { unpooled: [], notes: [] },
    });
  };
  // 140 ms of latency: 5 % are 7.
  const late = rowsIn(textOf(0, 20)).filter((name) => name !== "");
  assertEquals(late.slice(2, 5), [
    "Time to Second Token (ms)",
    "Request Latency (ms)",
    "Request Latency from Schedule (ms)",
  ]);
  assert(!textOf(0, 4).includes("from Schedule"));
});
