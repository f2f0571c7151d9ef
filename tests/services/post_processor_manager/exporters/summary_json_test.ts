import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { epochNsText } from "../../../../services/post_processor_manager/exporters/epoch_ns.ts";
import { summaryJson } from "../../../../services/post_processor_manager/exporters/summary_json.ts";
import { AIPERF_VERSION } from "../../../../common/version.ts";
import { accumulatorOf } from "../../../helpers/metrics_of.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";
import { sampleRun } from "../../../helpers/sample_run.ts";

Deno.test("epochNsText is exact where numbers are not", () => {
  const epochUnixMs = fc.integer({ min: 0, max: 4e12 });
  const sinceEpoch = fc.integer({ min: -1e15, max: 2 ** 52 });
  fc.assert(fc.property(epochUnixMs, sinceEpoch, (ms, ns) => {
    fc.pre(ms * 1e6 + ns > 1e7);
    assertEquals(epochNsText(ms, ns), String(BigInt(ms) * 1_000_000n + BigInt(ns)));
  }));
  assertEquals(epochNsText(1_759_813_207_532, 900_363), "1759813207532900363");
  assertEquals(epochNsText(1000, 1.6), "1000000002");
});

Deno.test("summaryJson writes instants as exact integers of nanoseconds since 1970", () => {
  const { report, config } = sampleRun();
  const text = summaryJson(report, config);
  // Sent at 1 s + 300 µs; the last content of the slowest at 7 s + 300,006 ns + 170 ms.
  assert(text.includes('"avg": 1759813208532300000\n'));
  assert(text.includes('"avg": 1759813214702300006\n'));
});

Deno.test("summaryJson says who made it, what was asked for, and how it went", () => {
  const { report, config } = sampleRun({ dataset: { ...runConfigOf().dataset, seed: 0 } });
  const json = JSON.parse(summaryJson({ ...report, wasCancelled: true }, config));
  assertEquals(json.schema_version, "1.5");
  assertEquals(json.aiperf_version, AIPERF_VERSION);
  assertEquals(json.benchmark_id, config.benchmarkId);
  assertEquals(json.input_config, config.inputConfig);
  assertEquals(json.run_info.random_seed, 0);
  assertEquals(json.was_cancelled, true);
  assertEquals(json.credits, { issued: 10, succeeded: 7, failed: 2, cancelled: 1, lost: 0 });
  assertEquals(json.warnings, report.warnings);
  assertEquals(Date.parse(json.start_time), config.epochUnixMs + 1000);
});

Deno.test("summaryJson leaves out what does not exist", () => {
  const report = accumulatorOf().report({ wasCancelled: false });
  const lost = { code: null, type: "WorkerLost", message: "gone" };
  const errors = [{ error: lost, count: 1 }];
  const json = JSON.parse(summaryJson({ ...report, errors }, runConfigOf()));
  assertEquals("start_time" in json || "request_latency" in json, false);
  assertEquals(json.error_summary, [{
    error_details: { type: "WorkerLost", message: "gone" },
    count: 1,
  }]);
});

Deno.test("summaryJson says which of several runs it is, and nothing of that for a single one", () => {
  const runInfo = (config: ReturnType<typeof runConfigOf>) =>
    JSON.parse(summaryJson(sampleRun().report, config)).run_info;
  const trial = { number: 2, of: 3, label: "run_0002", confidenceLevel: 0.9 };
  assertEquals(Object.entries(runInfo(runConfigOf({ trial }))).slice(2, 4), [
    ["trial", 2],
    ["run_label", "run_0002"],
  ]);
  const { benchmarkId, cliCommand } = runConfigOf();
  assertEquals(runInfo(runConfigOf()), {
    benchmark_id: benchmarkId,
    random_seed: 0,
    cli_command: cliCommand,
    tokenizer: "o200k_base",
  });
  const tokenizer = {
    kind: "huggingface" as const,
    name: "org/m",
    commit: "abc",
    path: "/t.json",
    configPath: null,
    chatTemplate: null,
  };
  const dataset = { ...runConfigOf().dataset, tokenizer };
  assertEquals(runInfo(runConfigOf({ dataset })).tokenizer, "org/m@abc");
});
