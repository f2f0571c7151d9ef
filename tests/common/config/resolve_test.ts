import { datasetFile } from "../../../common/model/dataset_file.ts";
import { assertEquals } from "@std/assert";
import { BUILTIN_TOKENIZER } from "../../../common/model/tokenizer_plan.ts";
import { joinUrl } from "../../../common/config/endpoint_url.ts";
import {
  endpointUrls,
  modelsUrl,
  resolveRun,
  runConfig,
  type RunPlan,
} from "../../../common/config/resolve.ts";
import type { PhasePlan, RunConfig } from "../../../common/model/run_config.ts";
import { runConfigSchema } from "../../../common/model/run_config.ts";
import { optionsFor, type World } from "../../helpers/command_line.ts";
import { closedLoad, openLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

async function plan(args: readonly string[], world: World = {}): Promise<RunPlan> {
  return resolveRun(await optionsFor(args, world), {
    cliCommand: "aiperf …",
    workingDir: "/home/me",
    cpus: 8,
    freshSeed: 77,
    onTerminal: false,
  });
}

async function config(
  args: readonly string[],
  world: World = {},
): Promise<Omit<RunConfig, "runDir">> {
  const epochUnixMs = Date.UTC(2026, 8, 14, 10, 0, 0, 123);
  return runConfig(await plan(args, world), {
    benchmarkId: "b",
    epochUnixMs,
    model: "org/m",
    tokenizer: BUILTIN_TOKENIZER,
    publicFile: null,
  });
}

Deno.test("without any load option there is one request at a time, ten in all", async () => {
  assertEquals((await plan([])).phases, [phasePlanOf({ maxRequests: 10 })]);
});

Deno.test("the default number of requests is twice the concurrency", async () => {
  const [phase] = (await plan(["--concurrency", "50"])).phases;
  assertEquals(phase!.maxRequests, 100);
});

Deno.test("a rate makes an open loop, a concurrency beside it a cap", async () => {
  const [open] = (await plan(["--request-rate", "20"])).phases;
  assertEquals(open!.load, openLoad(20, { arrivals: "poisson" }));
  assertEquals(open!.maxRequests, 10);
  const args = ["--request-rate", "2.5", "--concurrency", "8", "--arrival-pattern", "constant"];
  const [capped] = (await plan(args)).phases;
  assertEquals(capped!.load, openLoad(2.5, { concurrencyCap: 8 }));
});

Deno.test("a duration takes the place of the default number of requests, not of a given one", async () => {
  const [timed] = (await plan(["--benchmark-duration", "5"])).phases;
  assertEquals(
    [timed!.maxRequests, timed!.maxDurationMs, timed!.graceMs],
    [null, 5_000, 30_000],
  );
  const args = ["--benchmark-duration", "5", "--request-count", "7"];
  const [both] = (await plan([...args, "--benchmark-grace-period", "inf"])).phases;
  assertEquals([both!.maxRequests, both!.maxDurationMs, both!.graceMs], [7, 5_000, null]);
});

Deno.test("a warm-up is a phase of its own under the same load", async () => {
  const { phases } = await plan(["--warmup-request-count", "3", "--concurrency", "2"]);
  assertEquals(phases.map(({ phase, maxRequests }) => [phase, maxRequests]), [
    ["warmup", 3],
    ["profiling", 10],
  ]);
  assertEquals(phases[0]!.load, phases[1]!.load);
});

Deno.test("a warm-up may have limits and a load of its own", async () => {
  const args =
    "--concurrency 8 --warmup-duration 2 --warmup-grace-period 1 --num-warmup-sessions 9";
  const own = "--warmup-request-rate 20 --warmup-arrival-pattern constant --warmup-concurrency 3";
  const { phases } = await plan(`${args} ${own}`.split(" "));
  const load = openLoad(20, { concurrencyCap: 3 });
  const limits = { maxSessions: 9, maxDurationMs: 2_000, graceMs: 1_000 };
  assertEquals(phases[0], phasePlanOf({ phase: "warmup", load, ...limits }));
  assertEquals(phases[1], phasePlanOf({ load: closedLoad(8), maxRequests: 16 }));
});

Deno.test("a warm-up before users has users too, unless it has a concurrency or a rate", async () => {
  const args = "--user-centric-rate 8 --num-users 4 --warmup-request-count 5";
  const loadOf = async (own: string) =>
    (await plan(`${args} ${own}`.trim().split(" "))).phases[0]!.load;
  assertEquals(await loadOf(""), { kind: "user_centric", users: 4, ratePerSecond: 8 });
  assertEquals(await loadOf("--warmup-concurrency 3"), closedLoad(3));
  assertEquals(
    await loadOf("--warmup-request-rate 6 --warmup-arrival-pattern constant"),
    openLoad(6),
  );
});

Deno.test("a warm-up ramps as the profiling phase does, unless it has ramps of its own", async () => {
  const args =
    "--streaming --concurrency 8 --concurrency-ramp-duration 3 --prefill-concurrency 2 " +
    "--warmup-request-count 5 --warmup-prefill-concurrency-ramp-duration 1";
  const [warmup, profiling] = (await plan(args.split(" "))).phases;
  assertEquals([warmup!.load, profiling!.load], [closedLoad(8, 3_000), closedLoad(8, 3_000)]);
  assertEquals([warmup!.prefill, profiling!.prefill], [
    { limit: 2, rampMs: 1_000 },
    { limit: 2, rampMs: 0 },
  ]);
});

/** Command lines and what is special about the profiling phase they ask for. */
const LOADS: readonly (readonly [string, Partial<PhasePlan>])[] = [
  [
    "--request-rate 5 --arrival-pattern gamma --vllm-burstiness 0.5 --request-rate-ramp-duration 2",
    {
      load: openLoad(5, { arrivals: "gamma", smoothness: 0.5, rateRampMs: 2_000 }),
      maxRequests: 10,
    },
  ],
  [
    "--concurrency 20 --arrival-pattern concurrency_burst --concurrency-ramp-duration 1.5",
    { load: closedLoad(20, 1_500), maxRequests: 40 },
  ],
  [
    "--user-centric-rate 2 --num-users 15",
    { load: { kind: "user_centric", users: 15, ratePerSecond: 2 }, maxRequests: 30 },
  ],
  ["--input-file a --fixed-schedule", { load: traceLoad({ originMs: 0 }) }],
  [
    "--input-file a --fixed-schedule --fixed-schedule-auto-offset --fixed-schedule-end-offset 9",
    { load: traceLoad({ endMs: 9 }) },
  ],
  [
    "--input-file a --fixed-schedule --fixed-schedule-start-offset 5 --concurrency 3",
    { load: traceLoad({ originMs: 5, startMs: 5, concurrencyCap: 3 }) },
  ],
  ["--num-sessions 7", { maxSessions: 7 }],
  [
    "--request-cancellation-rate 25 --request-cancellation-delay 0.5",
    { cancellation: { share: 0.25, delayMs: 500 }, maxRequests: 10 },
  ],
  [
    "--failed-request-threshold 0.2",
    { failureLimit: { ratio: 0.2, armedAfter: 10 }, maxRequests: 10 },
  ],
  [
    "--failed-request-threshold 0.2 --concurrency 50",
    { failureLimit: { ratio: 0.2, armedAfter: 50 }, load: closedLoad(50), maxRequests: 100 },
  ],
];

for (const [line, change] of LOADS) {
  Deno.test(`the load of ${line}`, async () => {
    assertEquals((await plan(line.split(" "))).phases, [phasePlanOf(change)]);
  });
}

Deno.test("a rate series has the file's points, its mean rate, and ends with the file", async () => {
  const files = { "rate.csv": "0,0\n10,40\n10,20\n20,20\n" };
  const [phase] = (await plan(["--request-rate-series", "rate.csv"], { files })).phases;
  const rateSeries = [[0, 0], [10_000, 40], [10_000, 20], [20_000, 20]]
    .map(([atMs, ratePerSecond]) => ({ atMs: atMs!, ratePerSecond: ratePerSecond! }));
  const load = openLoad(20, { arrivals: "poisson", rateSeries });
  assertEquals(phase, phasePlanOf({ load, maxDurationMs: 20_000, graceMs: 30_000 }));
  const args = "--request-rate-series rate.csv --benchmark-grace-period 2".split(" ");
  assertEquals((await plan(args, { files })).phases[0]!.graceMs, 2_000);
});

Deno.test("workers are enough for the phase with the most sessions", async () => {
  const workers = async (line: string) => (await plan(line.split(" "))).workers;
  assertEquals(await workers("--concurrency 2 --warmup-concurrency 3 --warmup-request-count 3"), 3);
  assertEquals(await workers("--user-centric-rate 1 --num-users 2"), 2);
  assertEquals(await workers("--request-rate 1"), 4);
});

Deno.test("zero is a seed; without one the run draws its own", async () => {
  assertEquals((await plan(["--random-seed", "0"])).dataset.seed, 0);
  assertEquals((await plan([])).dataset.seed, 77);
});

Deno.test("the length of answers is the server's business unless given", async () => {
  assertEquals((await plan([])).dataset.osl, null);
  const { dataset } = await plan(["--osl", "64", "--osl-stddev", "4"]);
  assertEquals(dataset.osl, { mean: 64, stddev: 4 });
});

Deno.test("the URL of requests joins base and path, a /v1 of both once", async () => {
  const of = async (...args: string[]) => (await config(args)).endpoint.urls[0];
  assertEquals(await of(), "http://localhost:8000/v1/chat/completions");
  assertEquals(await of("-u", "h/a/v1/"), "http://h/a/v1/chat/completions");
  assertEquals(await of("-u", "h/a"), "http://h/a/v1/chat/completions");
  assertEquals(await of("-u", "h/v1", "--endpoint", "custom?x=1"), "http://h/v1/custom?x=1");
  assertEquals(await of("-u", "h/v1", "--endpoint", "/v1x"), "http://h/v1/v1x");
  assertEquals(modelsUrl("http://h/v1"), "http://h/v1/models");
});

const WHOLE_ADDRESSES: readonly [args: string, url: string, models: string][] = [
  ["-u h/v1/chat/completions", "http://h/v1/chat/completions", "http://h/v1/models"],
  ["-u h/a/v1/chat/completions/", "http://h/a/v1/chat/completions", "http://h/a/v1/models"],
  ["-u h/v2/chat/completions", "http://h/v2/chat/completions/v1/chat/completions", ""],
  [
    "-u unix:/run/s:/v1/chat/completions",
    "unix:/run/s:/v1/chat/completions",
    "unix:/run/s:/v1/models",
  ],
  ["-u h/v1/custom --endpoint /custom", "http://h/v1/custom", "http://h/v1/models"],
  ["-u h/a --endpoint /", "http://h/a/", "http://h/a/v1/models"],
  ["-u http://rerank --endpoint /rerank", "http://rerank/rerank", "http://rerank/v1/models"],
  ["-u unix:/run/x --endpoint /x", "unix:/run/x:/x", "unix:/run/x:/v1/models"],
];

for (const [args, url, models] of WHOLE_ADDRESSES) {
  Deno.test(`a --url that is the whole address is not given its path twice: ${args}`, async () => {
    const known = await plan(args.split(" "));
    assertEquals(endpointUrls(known), [url]);
    if (models !== "") assertEquals(known.baseUrls.map(modelsUrl), [models]);
  });
}

Deno.test("several URLs each get the path, several models their strategy and the run's seed", async () => {
  const args = "-u a,b/v1 -m m,n --model-selection-strategy weighted --model-weights 2,1";
  const { endpoint, artifactDir } = await config([...args.split(" "), "--random-seed", "7"]);
  assertEquals(endpoint.urls, ["http://a/v1/chat/completions", "http://b/v1/chat/completions"]);
  assertEquals(endpoint.modelChoice, {
    models: ["m", "n"],
    strategy: "weighted",
    weights: [2, 1],
    seed: 7,
  });
  // The test's facts name the model "org/m".
  assertEquals(artifactDir.includes("/artifacts/org_m_multi-openai-chat-"), true, artifactDir);
});

Deno.test("what is asked of the server itself is below the URL without its /v1", async () => {
  const args = ["--reset-kv-cache", "-u", "h/a/v1,h/v1x,unix:/run/v1,unix:/run/s:/v1"];
  const { serverCalls } = await config(args);
  assertEquals(
    serverCalls!.urls.map((url) => joinUrl(url, serverCalls!.resetCache!.path)),
    ["http://h/a", "http://h/v1x", "unix:/run/v1:", "unix:/run/s:"]
      .map((url) => `${url}/reset_prefix_cache`),
  );
  assertEquals(serverCalls!.profiler, null);
  assertEquals((await config([])).serverCalls, null);
});

Deno.test("results go to a folder named after model, endpoint, load and time", async () => {
  const of = async (...args: string[]) => (await config(args)).artifactDir;
  const time = "2026-09-14T10-00-00.123Z";
  const root = "/home/me/artifacts/org_m-openai-chat";
  assertEquals(await of("--concurrency", "10"), `${root}-concurrency10/${time}`);
  assertEquals(await of("--request-rate", "10"), `${root}-request_rate10.0/${time}`);
  assertEquals(
    await of("--request-rate", "2.5", "--concurrency", "4"),
    `${root}-request_rate2.5-concurrency4/${time}`,
  );
  assertEquals(
    await of("--user-centric-rate", "2", "--num-users", "15"),
    `${root}-user_centric-users15-qps2.0/${time}`,
  );
  assertEquals(
    await of("--input-file", "a", "--fixed-schedule"),
    `${root}-fixed_schedule/${time}`,
  );
  assertEquals(await of("--artifact-dir", "./out/1"), "/home/me/out/1");
  assertEquals(await of("--artifact-dir", "/out"), "/out");
});

Deno.test("the exported options are those that were set, and the load and model in any case", async () => {
  const files = { "run.yaml": "input: {goodput: {request_latency: 5}}\n" };
  const args = ["-f", "run.yaml", "--api-key", "sk-1", "-H", "X-A: b", "--isl", "9"];
  assertEquals((await config(args, { files })).inputConfig, {
    endpoint: { api_key: "<redacted>", model_names: ["org/m"] },
    input: {
      headers: "<redacted>",
      prompt: { input_tokens: { mean: 9 } },
      goodput: { request_latency: 5 },
    },
    loadgen: { concurrency: 1 },
  });
});

Deno.test("the exported options of an infinite grace period survive JSON", async () => {
  const args = ["--request-rate", "5", "--benchmark-duration", "1"];
  const { inputConfig } = await config([...args, "--benchmark-grace-period", "inf"]);
  assertEquals(JSON.parse(JSON.stringify(inputConfig)), {
    endpoint: { model_names: ["org/m"] },
    loadgen: { request_rate: 5, benchmark_duration: 1, benchmark_grace_period: "inf" },
  });
});

Deno.test("secrets are with the secrets and nowhere else", async () => {
  const args = ["--api-key", "sk-1", "-H", "X-A: sk-2"];
  const { secrets } = await plan(args);
  assertEquals(secrets, { apiKey: "sk-1", headers: { "X-A": "sk-2" } });
  assertEquals(JSON.stringify(await config(args)).includes("sk-"), false);
});

Deno.test("a mock server has a free port, the run's seed and its model", async () => {
  const args = ["--mock-server", "--mock-ttft", "5", "--random-seed", "3"];
  const { mockServer, model } = await plan(args);
  assertEquals([mockServer!.port, mockServer!.seed, mockServer!.ttftMs], [0, 3, 5]);
  assertEquals([model, mockServer!.model], ["mock-model", "mock-model"]);
  assertEquals((await plan([...args, "-m", "mine"])).mockServer!.model, "mine");
  assertEquals((await plan([])).mockServer, null);
});

Deno.test("the model stays open until somebody names it", async () => {
  assertEquals((await plan([])).model, null);
  assertEquals((await plan(["-m", "a"])).model, "a");
});

Deno.test("progress is shown in place on a terminal only, unless asked for", async () => {
  assertEquals((await plan([])).ui, "none");
  assertEquals((await plan(["--ui", "simple"])).ui, "simple");
});

Deno.test("conversations have one turn and no pauses unless the options say otherwise", async () => {
  const { turns, turnDelayMs, delayRatio, file, entries } = (await plan([])).dataset;
  assertEquals({ turns, turnDelayMs, delayRatio, file, entries }, {
    turns: { mean: 1, stddev: 0 },
    turnDelayMs: { mean: 0, stddev: 0 },
    delayRatio: 1,
    file: null,
    entries: 100,
  });
  const args = "--session-turns-mean 4 --session-turns-stddev 1.5 --session-turn-delay-mean 250 " +
    "--session-turn-delay-stddev 20 --session-delay-ratio 0.5";
  const several = (await plan(args.split(" "))).dataset;
  assertEquals(several.turns, { mean: 4, stddev: 1.5 });
  assertEquals(several.turnDelayMs, { mean: 250, stddev: 20 });
  assertEquals(several.delayRatio, 0.5);
});

Deno.test("an input file is found from the working directory, all of it unless limited", async () => {
  const { dataset, surroundings } = await plan(["--input-file", "data/in.jsonl"]);
  const path = `${surroundings.workingDir}/data/in.jsonl`;
  assertEquals(dataset.file, datasetFile(path));
  const args = "--input-file /in.jsonl --custom-dataset-type multi_turn --num-prompts 7";
  const limited = (await plan(args.split(" "))).dataset;
  assertEquals(limited.file, datasetFile("/in.jsonl", { format: "multi_turn", maxEntries: 7 }));
});

Deno.test("the tokenizer that is asked for is looked for before the run, whatever it is", async () => {
  assertEquals((await plan([])).tokenizer, {
    name: null,
    revision: "main",
    appliesChatTemplate: false,
  });
  const args = "--tokenizer org/m --tokenizer-revision v2 --apply-chat-template".split(" ");
  assertEquals((await plan(args)).tokenizer, {
    name: "org/m",
    revision: "v2",
    appliesChatTemplate: true,
  });
});

Deno.test("a resolved run passes the schema that services check it by", async () => {
  const args = ["--streaming", "--goodput", "request_latency:5", "--extra-inputs", "a:[1]"];
  runConfigSchema.parse({ ...await config(args), runDir: "/run" });
});

Deno.test("what is made of a trace is planned only where it is asked for", async () => {
  const fileOf = async (args: string) =>
    (await plan(["--input-file", "/t.jsonl", ...args.split(" ").filter(Boolean)])).dataset.file!;
  assertEquals((await fileOf("--synthesis-speedup-ratio 1")).synthesis, null);
  assertEquals(
    await fileOf("--synthesis-max-isl 90 --skip-bad-lines --isl-block-size 32"),
    datasetFile("/t.jsonl", {
      skipsBadLines: true,
      blockSize: 32,
      synthesis: {
        speedupRatio: 1,
        prefixLenMultiplier: 1,
        prefixRootMultiplier: 1,
        promptLenMultiplier: 1,
        outputLenMultiplier: 1,
        maxIsl: 90,
        maxOsl: null,
      },
    }),
  );
  const pool = "--custom-dataset-type random_pool --num-conversations 7";
  assertEquals((await fileOf(pool)).maxEntries, 7);
  assertEquals((await fileOf("--num-conversations 7")).maxEntries, null);
});

Deno.test("a data set that is not used again is a limit of its own", async () => {
  const once = await plan(["--input-file", "/t.jsonl", "--no-allow-dataset-wrap"]);
  assertEquals([once.dataset.wraps, once.phases[0]!.maxRequests], [false, null]);
  const again = await plan(["--input-file", "/t.jsonl"]);
  assertEquals([again.dataset.wraps, again.phases[0]!.maxRequests], [true, 10]);
});
