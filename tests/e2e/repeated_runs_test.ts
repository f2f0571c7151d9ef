import { NOT_STARTED } from "../../common/model/run_problems.ts";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { AGGREGATE_FILES } from "../../common/model/run_series.ts";
import { type Artifacts, filesBelow, readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";
import { statisticsOf } from "../services/post_processor_manager/recomputation.ts";
import { checkAgreement } from "./agreement.ts";

const REQUESTS = 12;
const LABELS = ["run_0001", "run_0002", "run_0003"];

const ARGS = [
  `profile --mock-server --mock-ttft 5 --mock-jitter 0.5 --streaming --concurrency 4 --osl 4 --isl 8`,
  `--request-count ${REQUESTS} --warmup-request-count 4 --workers-max 1 --artifact-dir out`,
  `--num-profile-runs 3`,
].join(" ").split(" ");

interface AggregateJson {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function readAggregate(folder: string): Promise<AggregateJson> {
  return JSON.parse(await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.json}`));
}

function filesOfRun(label: string): string[] {
  return Object.values(ARTIFACT_FILES).map((file) => `profile_runs/${label}/${file}`);
}

function sameAs(session: unknown): (other: unknown) => boolean {
  const text = JSON.stringify(session);
  return (other) => JSON.stringify(other) === text;
}

Deno.test("three runs in a row", async (t) => {
  await withSandbox(async (sandbox) => {
    const { code, stdout, stderr } = await sandbox.run(ARGS);
    const out = `${sandbox.path}/out`;

    await t.step("exit with 0", () => assertEquals(code, 0, stderr));
    await t.step("leave a folder each, and the aggregate", async () => {
      assertEquals(
        await filesBelow(out),
        [...LABELS.flatMap(filesOfRun), ...Object.values(AGGREGATE_FILES)].toSorted(),
      );
    });
    const runs = await Promise.all(
      LABELS.map((label) => readArtifacts(`${out}/profile_runs/${label}`)),
    );
    await t.step("are each a run like any other", () => runs.forEach((run) => checkAgreement(run)));
    await t.step("know which one they are, and have an id each", () => {
      const infos = runs.map(({ json }) => json["run_info"] as Record<string, unknown>);
      assertEquals(infos.map((info) => [info["trial"], info["run_label"]]), [
        [1, "run_0001"],
        [2, "run_0002"],
        [3, "run_0003"],
      ]);
      assertEquals(new Set(infos.map((info) => info["benchmark_id"])).size, 3);
    });
    await t.step("send the same prompts", () => {
      // The first one has those of the warm-up beside them.
      const [first, second, third] = runs.map(({ inputs }) => inputs.data);
      assertEquals(second, third);
      assertEquals(second!.filter((session) => !first!.some(sameAs(session))), []);
    });
    await t.step("are warmed up once", () => {
      const phases = runs.map(({ records }) => records.map(({ phase }) => phase));
      assertEquals(phases.map((all) => all.filter((phase) => phase === "warmup").length), [
        4,
        0,
        0,
      ]);
      assertEquals(phases.map((all) => all.length), [4 + REQUESTS, REQUESTS, REQUESTS]);
    });
    const aggregate = await readAggregate(out);
    await t.step("are aggregated", () => checkAggregate(aggregate, runs));
    await t.step("have the requests of all of them pooled", () => checkCollated(out, runs));
    await t.step("show their reports one after the other, then the aggregate", () => {
      const parts = runs.map(({ console }, i) => `aiperf | run ${i + 1} of 3\n\n${console}\n`);
      const end = stdout.slice(parts.join("").length);
      assertEquals(stdout, parts.join("") + end);
      assertStringIncludes(end.split("\n")[0]!, "aiperf | Aggregate of 3 runs");
      assertMatch(end, /│ +Request Throughput \(requests\/sec\) │ value /);
    });
    await t.step("say where they are", () => {
      for (const n of [1, 2, 3]) {
        assertStringIncludes(stderr, `run ${n} of 3 · profiling complete: ${REQUESTS} requests in`);
      }
    });
    await t.step("are made again, and their aggregate, from their journals", async () => {
      const files = ["json", "csv", "collated"] as const;
      const read = () =>
        Promise.all(files.map((file) => Deno.readTextFile(`${out}/${AGGREGATE_FILES[file]}`)));
      const before = await read();
      await Deno.remove(`${out}/aggregate`, { recursive: true });
      const report = await sandbox.run(["report", out]);
      assertEquals([report.code, report.stdout, report.stderr], [0, stdout, ""]);
      assertEquals(await read(), before);
    });
    await t.step("are not written over", async () => {
      const again = await sandbox.run([...ARGS, "--num-dataset-entries", "2"]);
      assertEquals(again.code, 2);
      assertStringIncludes(again.stderr, "already holds a run");
    });
  });
});

/** Against the lines of all runs, read apart. */
async function checkCollated(folder: string, runs: readonly Artifacts[]): Promise<void> {
  const { metadata, metrics } = JSON.parse(
    await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.collated}`),
  );
  assertEquals(
    metadata.pooled_runs,
    LABELS.map((label) => ({ label, requests: REQUESTS })),
  );
  assertEquals([metadata.unpooled_runs, metadata.notes], [[], []]);
  const pooled = new Map<string, number[]>();
  for (const { metrics } of runs.flatMap(({ requests }) => requests)) {
    for (const [tag, { value }] of Object.entries(metrics)) {
      pooled.set(tag, (pooled.get(tag) ?? []).concat(value));
    }
  }
  assertEquals(Object.keys(metrics).sort(), [...pooled.keys()].sort());
  for (const [tag, values] of pooled) {
    const { combined, per_run: perRun } = metrics[tag];
    for (const [name, expected] of Object.entries(statisticsOf(values))) {
      const tolerance = 1e-9 * Math.max(1, Math.abs(expected));
      assertAlmostEquals(combined[name], expected, tolerance, `${tag} ${name}`);
    }
    assertEquals(
      perRun.map(({ count }: { count: number }) => count),
      runs.map(({ json }) => (json[tag] as { count: number }).count),
    );
  }
}

function checkAggregate({ metadata, metrics }: AggregateJson, runs: readonly Artifacts[]): void {
  const verdicts = runs.map(({ json }) => (json["instrument"] as { verdict: string }).verdict);
  assertEquals(metadata, {
    aggregation_type: "confidence",
    num_profile_runs: 3,
    num_successful_runs: 3,
    failed_runs: [],
    confidence_level: 0.95,
    run_labels: LABELS,
    run_verdicts: verdicts,
  });
  for (const [tag, stat] of [["request_throughput", "avg"], ["time_to_first_token", "p99"]]) {
    const values = runs.map(({ json }) => (json[tag!] as Record<string, number>)[stat!]!);
    const block = metrics[`${tag}_${stat}`]!;
    const mean = values.reduce((sum, value) => sum + value) / 3;
    const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    const half = 4.30265272974946 * std / Math.sqrt(3);
    assertAlmostEquals(block["mean"]!, mean, 1e-9 * mean);
    assertAlmostEquals(block["std"]!, std, 1e-9 * mean);
    assertAlmostEquals(block["ci_low"]!, mean - half, 1e-8 * mean);
    assertAlmostEquals(block["ci_high"]!, mean + half, 1e-8 * mean);
    assertEquals([block["min"], block["max"]], [Math.min(...values), Math.max(...values)]);
  }
}

Deno.test("SIGINT in the pause between two runs ends the series, which keeps what it has", async () => {
  await withSandbox(async (sandbox) => {
    const running = sandbox.start([...ARGS, "--profile-run-cooldown-seconds", "600"]);
    await until("the pause", () => running.stderr.includes("run 2 of 3 starts in 600 s"));
    assertEquals(await sandbox.processes().then((all) => all.length), 1, "no service is left");
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.finished;
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "aiperf: SIGINT: ending the run; once more to end at once\n");
    const out = `${sandbox.path}/out`;
    assertEquals(
      await filesBelow(out),
      [...filesOfRun("run_0001"), ...Object.values(AGGREGATE_FILES)].toSorted(),
    );
    const { metadata, metrics } = await readAggregate(out);
    assertEquals(metadata["num_successful_runs"], 1);
    assertEquals(metadata["failed_runs"], [
      { label: "run_0002", error: NOT_STARTED },
      { label: "run_0003", error: NOT_STARTED },
    ]);
    assert(metrics["request_throughput_avg"]!["mean"]! > 0);
    assertStringIncludes(stdout, "aiperf | Aggregate of 1 of 3 runs\n");
  });
});

Deno.test("a series that is ended at once names the command that makes what there is of it", async () => {
  const hung = Promise.withResolvers<void>();
  let received = 0;
  // The second run has no answers: so it is still there when the second signal comes.
  const answer = async ({ method }: Request): Promise<Response> => {
    if (method === "POST" && ++received > REQUESTS) await hung.promise;
    return Response.json({ choices: [{ message: { content: "Hello" } }] });
  };
  await withServer(answer, (url) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${url} --model m --tokenizer builtin --isl 8 --artifact-dir out ` +
        `--concurrency 4 --request-count ${REQUESTS} --num-profile-runs 3`;
      const running = sandbox.start(args.split(" "));
      await until("the second run", () => received > REQUESTS);
      running.kill("SIGINT");
      // Of signals that come together nobody knows which is the first.
      await until("the answer to the first", () => running.stderr.includes("once more"));
      running.kill("SIGTERM");
      const { code, stderr } = await running.finished;
      hung.resolve();
      assertEquals(code, 143, stderr);
      const out = `${sandbox.path}/out`;
      assertStringIncludes(stderr, `in the journal: aiperf report ${out} makes them\n`);
      await sandbox.untilClean();
      const report = await sandbox.run(["report", out]);
      assertEquals(report.code, 1, report.stderr);
      assertStringIncludes(report.stderr, "aiperf: run_0002: The journal ends before the run did");
      assertStringIncludes(report.stderr, `aiperf: run_0003: ${NOT_STARTED}\n`);
      assertStringIncludes(report.stdout, "aiperf | Aggregate of 1 of 3 runs\n");
      const { metadata } = await readAggregate(out);
      assertEquals(metadata["run_labels"], ["run_0001"]);
    }));
});

Deno.test("SIGTERM in the middle of a run ends the series after it", async () => {
  await withSandbox(async (sandbox) => {
    const long = ARGS.map((arg) => arg === String(REQUESTS) ? "100000" : arg);
    const running = sandbox.start(long);
    await until("the first run", () => running.stderr.includes("run 1 of 3 · profiling"));
    running.kill("SIGTERM");
    const { code, stderr } = await running.finished;
    assertEquals(code, 143, stderr);
    const { metadata } = await readAggregate(`${sandbox.path}/out`);
    assertEquals(metadata["failed_runs"], [
      { label: "run_0001", error: "it was interrupted by SIGTERM" },
      { label: "run_0002", error: NOT_STARTED },
      { label: "run_0003", error: NOT_STARTED },
    ]);
    const files = [AGGREGATE_FILES.json, AGGREGATE_FILES.csv];
    const texts = () =>
      Promise.all(files.map((file) => Deno.readTextFile(`${sandbox.path}/out/${file}`)));
    const atTheEnd = await texts();
    const report = await sandbox.run(["report", `${sandbox.path}/out`]);
    assertEquals(await texts(), atTheEnd, "the report has words of its own");
    assertStringIncludes(report.stderr, "aiperf: run_0001: it was interrupted by SIGTERM\n");
  });
});

Deno.test("a series of which no run succeeds exits with 1 and says why", async () => {
  await withSandbox(async (sandbox) => {
    const { code, stdout, stderr } = await sandbox.run([...ARGS, "--mock-error-rate", "1"]);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stdout, "None of 3 runs is complete: there is nothing to aggregate.\n");
    const { metadata, metrics } = await readAggregate(`${sandbox.path}/out`);
    assertEquals(metadata["num_successful_runs"], 0);
    assertEquals(metrics, {});
    const [first] = metadata["failed_runs"] as { label: string; error: string }[];
    assertStringIncludes(first!.error, `no request succeeded (of ${REQUESTS})`);
  });
});
