import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../common/cli/parse_command_line.ts";
import { renderProblems } from "../../../common/config/problem.ts";
import { optionsFor } from "../../helpers/command_line.ts";

Deno.test("the command line wins over the environment, that over the file, that over the default", async () => {
  const files = { "run.yaml": "loadgen:\n  concurrency: 2\n" };
  const env = { AIPERF_CONCURRENCY: "3" };
  const of = async (args: string[], env = {}) =>
    (await optionsFor(args, { files, env })).values.concurrency;
  assertEquals(await of([]), null);
  assertEquals(await of(["-f", "run.yaml"]), 2);
  assertEquals(await of(["-f", "run.yaml"], env), 3);
  assertEquals(await of(["-f", "run.yaml", "--concurrency", "4"], env), 4);
});

Deno.test("each value knows where it comes from", async () => {
  const files = { "run.yaml": "endpoint:\n  model_names: [a]\n" };
  const env = { AIPERF_CONFIG: "run.yaml", AIPERF_ISL: "5" };
  const { origins } = await optionsFor(["--num-requests", "9"], { files, env });
  assertEquals([...origins.entries()].map(([key, { name }]) => `${key} by ${name}`).sort(), [
    "config by AIPERF_CONFIG",
    "isl by AIPERF_ISL",
    "model by run.yaml: endpoint.model_names",
    "requestCount by --num-requests",
  ]);
});

Deno.test("an empty environment variable and a null in the file set nothing", async () => {
  const files = { "run.yaml": "endpoint:\n  url:\nloadgen:\n" };
  const { origins } = await optionsFor(["-f", "run.yaml"], { files, env: { AIPERF_ISL: "" } });
  assertEquals([...origins.keys()], ["config"]);
});

Deno.test("an empty file sets nothing", async () => {
  const { origins } = await optionsFor(["-f", "run.yaml"], { files: { "run.yaml": "" } });
  assertEquals([...origins.keys()], ["config"]);
});

Deno.test("extra inputs are typed as JSON would", async () => {
  const texts = [
    "a:1",
    "b:1.5",
    "c:true",
    "d:None",
    "e:text",
    "f:[1,2]",
    'g:{"h":{"i":false}}',
    "url:http://x:1/y",
    'quoted:"5"',
    "empty:",
    "temperature:0.5,top_p:0.9",
    "words:one, two",
    "min_tokens:5 note:see http://x:1/y at 12:30 top_k:7",
    '{"nvext":{"ignore_eos":true}}',
  ];
  const { values } = await optionsFor(["--extra-inputs", ...texts]);
  assertEquals(values.extraInputs, {
    a: 1,
    b: 1.5,
    c: true,
    d: null,
    e: "text",
    f: [1, 2],
    g: { h: { i: false } },
    url: "http://x:1/y",
    quoted: "5",
    empty: "",
    temperature: 0.5,
    top_p: 0.9,
    words: "one, two",
    min_tokens: 5,
    note: "see http://x:1/y at 12:30",
    top_k: 7,
    nvext: { ignore_eos: true },
  });
});

Deno.test("the environment has room for several extra inputs", async () => {
  const { values } = await optionsFor([], { env: { AIPERF_EXTRA_INPUTS: "a:1 b:2" } });
  assertEquals(values.extraInputs, { a: 1, b: 2 });
});

Deno.test("a name of an extra input cannot reach the prototype", async () => {
  const { values } = await optionsFor(["--extra-inputs", "__proto__:1"]);
  assertEquals(Object.keys(values.extraInputs!), ["__proto__"]);
});

Deno.test("headers are names and values or JSON, in the file a mapping or a list", async () => {
  const { values } = await optionsFor(["-H", "X-A: b:c", "x-b:d", '{"X-C": "e"}']);
  assertEquals(values.header, { "X-A": "b:c", "x-b": "d", "X-C": "e" });
  for (const yaml of ["{X-A: b}", "['X-A: b']", "'X-A: b'"]) {
    const files = { "run.yaml": `input:\n  headers: ${yaml}\n` };
    assertEquals((await optionsFor(["-f", "run.yaml"], { files })).values.header, { "X-A": "b" });
  }
});

Deno.test("objectives are pairs of tag and value", async () => {
  const expected = [
    { tag: "time_to_first_token", threshold: 300 },
    { tag: "request_latency", threshold: 2000.5 },
  ];
  const pairs = ["time_to_first_token:300 request_latency:2000.5"];
  assertEquals((await optionsFor(["--streaming", "--goodput", ...pairs])).values.goodput, expected);
  const files = {
    "run.yaml": "input: {goodput: {time_to_first_token: 300, request_latency: 2000.5}}\n",
  };
  const { values } = await optionsFor(["--streaming", "-f", "run.yaml"], { files });
  assertEquals(values.goodput, expected);
});

Deno.test("a URL gets its scheme and keeps its path", async () => {
  const of = async (url: string) => (await optionsFor(["-u", url])).values.url.join(" ");
  assertEquals(await of("localhost:8000"), "http://localhost:8000");
  assertEquals(await of("[::1]:80/"), "http://[::1]");
  assertEquals(await of("https://h/a/b//"), "https://h/a/b");
  assertEquals(await of("HTTPS://Host/v1"), "https://host/v1");
});

Deno.test("URLs, models and weights may be lists, with commas, repeated, or as YAML has them", async () => {
  const files = {
    "run.yaml": "endpoint:\n  url: [a, b:81]\n  model_names: [m, n]\n  model_weights: [3, 0.5]\n" +
      "  model_selection_strategy: weighted\n",
  };
  for (
    const args of [
      "-u a,b:81 -m m -m n --model-weights 3,0.5 --model-selection-strategy weighted",
      "-u a --url=b:81 --model m,n --model-weights 3 0.5 --model-selection-strategy weighted",
      "-f run.yaml",
    ]
  ) {
    const { values } = await optionsFor(args.split(" "), { files });
    assertEquals(values.url, ["http://a", "http://b:81"]);
    assertEquals(values.model, ["m", "n"]);
    assertEquals(values.modelWeights, [3, 0.5]);
  }
});

Deno.test("the grace period may be infinite, by text and in the file", async () => {
  const args = ["--benchmark-duration", "5", "--benchmark-grace-period"];
  assertEquals((await optionsFor([...args, "inf"])).values.benchmarkGracePeriod, Infinity);
  const files = {
    "run.yaml": "loadgen: {benchmark_duration: 5, benchmark_grace_period: inf}\n",
  };
  const { values } = await optionsFor(["-f", "run.yaml"], { files });
  assertEquals(values.benchmarkGracePeriod, Infinity);
});

Deno.test("what the environment or a default in the file says is no contradiction", async () => {
  const env = { AIPERF_URL: "http://h", AIPERF_MOCK_TTFT: "5", AIPERF_ARRIVAL_PATTERN: "constant" };
  assertEquals((await optionsFor(["--mock-server"], { env })).values.mockServer, true);
  assertEquals((await optionsFor([], { env })).values.mockTtft, 5);
  const files = { "run.yaml": "loadgen: {arrival_pattern: poisson}\nendpoint: {url: http://h}\n" };
  const { values } = await optionsFor(["-f", "run.yaml", "--mock-server"], { files });
  assertEquals(values.mockServer, true);
});

Deno.test("an input file that cannot be read is a problem among the others", async () => {
  const context = {
    env: () => undefined,
    readFile: () => Promise.reject(new Error("not asked")),
    readFirstLine: () => Promise.reject(new Error("not asked")),
    checkFile: (path: string) => {
      if (path === "folder") return Promise.reject(new Deno.errors.IsADirectory("x"));
      return path === "gone" ? Promise.reject(new Deno.errors.NotFound("x")) : Promise.resolve();
    },
    width: 100,
  };
  const of = async (line: string) => {
    const invocation = await parseCommandLine(line.split(" "), context);
    return invocation.kind === "problems" ? renderProblems(invocation.problems) : invocation.kind;
  };
  assertEquals(await of("-m m --input-file there"), "profile");
  assertEquals(
    await of("-m m --input-file folder"),
    '--input-file: cannot read "folder": it is a folder; --custom-dataset-type random_pool and ' +
      "raw_payload take one\n",
  );
  assertEquals(
    await of("-m m --input-file gone --concurrency 0"),
    '--input-file: cannot read "gone": no such file\n' +
      '--concurrency: must be a whole number of at least 1, got "0"\n',
  );
});
