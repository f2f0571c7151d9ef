import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { loadTokenizer } from "../../common/tokenizer/load_tokenizer.ts";
import { metricOf, readArtifacts, scalarOf } from "../helpers/artifacts.ts";
import { type Sandbox, type StartOptions, withSandbox } from "../helpers/run_aiperf.ts";
import { checkAgreement, type CountText } from "./agreement.ts";

/** Makes a run into the folder `into`; throws unless it ends with 0. */
async function make(
  sandbox: Sandbox,
  args: string,
  options: StartOptions & { into?: string } = {},
) {
  const { into = "out", ...start } = options;
  const { code, stderr } = await sandbox.run(`${args} --artifact-dir ${into}`.split(" "), start);
  assertEquals(code, 0, stderr);
  return await readArtifacts(`${sandbox.path}/${into}`);
}

const FILE = `
mock_server:
  enabled: true
loadgen:
  concurrency: 2
  request_count: 12
input:
  random_seed: 7
  prompt:
    input_tokens: { mean: 40 }
    output_tokens: { mean: 5 }
`;

Deno.test("the command line wins over the environment, and both over the file", async (t) => {
  await withSandbox(async (sandbox) => {
    await Deno.writeTextFile(`${sandbox.path}/run.yaml`, FILE);
    const env = { AIPERF_ISL: "50", AIPERF_OSL: "6", AIPERF_CONFIG: "run.yaml" };
    const artifacts = await make(sandbox, "--isl 60", { env });

    await t.step("what only the file sets is taken from it", () => {
      assertEquals(scalarOf(artifacts, "request_count"), 12);
      assertEquals(artifacts.json.run_info.random_seed, 7);
    });
    await t.step("what the environment sets too is taken from there", () => {
      assertEquals(metricOf(artifacts, "output_sequence_length")["avg"], 6);
    });
    await t.step("what the command line sets too is taken from there", () => {
      assertEquals(metricOf(artifacts, "input_sequence_length")["avg"], 60);
    });
    await t.step("the export shows what was used, and the command line", () => {
      assertEquals(artifacts.json.input_config, {
        endpoint: { model_names: ["mock-model"] },
        input: {
          random_seed: 7,
          prompt: { input_tokens: { mean: 60 }, output_tokens: { mean: 6 } },
        },
        loadgen: { concurrency: 2, request_count: 12 },
        mock_server: { enabled: true },
        output: { artifact_directory: "out" },
        service: { runtime_dir: sandbox.runtime },
      });
      assertEquals(artifacts.json.run_info.cli_command, "aiperf --isl 60 --artifact-dir out");
    });
  });
});

Deno.test("a run without --streaming has no times of tokens", async (t) => {
  await withSandbox(async (sandbox) => {
    const artifacts = await make(sandbox, "--mock-server --osl 5 --request-count 10");
    const absent = [
      "time_to_first_token",
      "time_to_second_token",
      "inter_token_latency",
      "inter_chunk_latency",
      "output_token_throughput_per_user",
    ];
    await t.step("in the summary", () => {
      for (const tag of absent) assertEquals(artifacts.json[tag], undefined);
    });
    await t.step("in the request metrics", () => {
      for (const { metrics } of artifacts.requests) {
        for (const tag of absent) assertEquals(metrics[tag], undefined);
      }
    });
    await t.step("in the CSV file and the console", () => {
      const labels = [...artifacts.csv.distributions.keys()];
      assert(!labels.some((label) => /First Token|Second Token|Inter/.test(label)));
      assert(!/First Token|Second Token|Inter Token/.test(artifacts.console));
    });
    await t.step("but the latency and the tokens of each request", () => {
      assertEquals(metricOf(artifacts, "request_latency")["count"], 10);
      assertEquals(metricOf(artifacts, "output_sequence_length")["avg"], 5);
      checkAgreement(artifacts);
    });
  });
});

Deno.test("the seed decides the inputs, to the byte", async (t) => {
  await withSandbox(async (sandbox) => {
    const args = "--mock-server --isl 30 --isl-stddev 5 --osl 4 --osl-stddev 2 --request-count 10";
    const inputs = async (seed: number, into: string) =>
      (await make(sandbox, `${args} --random-seed ${seed}`, { into })).inputsText;
    const first = await inputs(0, "first");
    await t.step("the same seed gives the same", async () => {
      assertEquals(await inputs(0, "again"), first);
    });
    await t.step("another seed gives others", async () => {
      assertNotEquals(await inputs(1, "other"), first);
    });
  });
});

Deno.test("the tokenizer counts the answers where the server does not", async (t) => {
  const tokenizer = await loadTokenizer("builtin");
  const countText: CountText = (text) => tokenizer.count(text);
  const args = "--mock-server --no-mock-usage --streaming --osl 9 --isl 8 --request-count 10";

  await withSandbox(async (sandbox) => {
    await t.step("with auto", async () => {
      const artifacts = await make(sandbox, args, { into: "auto" });
      for (const { usage, text } of artifacts.records) {
        assertEquals(usage, null);
        assert(text!.output.length > 0);
      }
      checkAgreement(artifacts, countText);
    });
    await t.step("with server there is no count then, and a warning", async () => {
      const asked = `${args} --token-count-source server`;
      const artifacts = await make(sandbox, asked, { into: "server" });
      assertEquals(artifacts.json["output_sequence_length"], undefined);
      assertEquals(artifacts.json["output_token_throughput"], undefined);
      assertEquals(metricOf(artifacts, "request_latency")["count"], 10);
      assertMatch(
        artifacts.json.warnings.join("\n"),
        /^The server gave no token usage for 10 of 10 requests/m,
      );
    });
    await t.step("with client it does, even if the server counts too", async () => {
      const asked = "--mock-server --osl 9 --isl 8 --request-count 10 --token-count-source client";
      const artifacts = await make(sandbox, asked, { into: "client" });
      const counts = artifacts.records.map(({ text }) => countText(text!.output));
      const { count, sum } = metricOf(artifacts, "output_sequence_length");
      assertEquals({ count, sum }, { count: 10, sum: counts.reduce((a, b) => a + b) });
      // Both counts are kept, and how far they are apart.
      assertEquals(metricOf(artifacts, "usage_completion_tokens")["avg"], 9);
      assertEquals(metricOf(artifacts, "usage_completion_tokens_diff_pct")["count"], 10);
    });
  });
});
