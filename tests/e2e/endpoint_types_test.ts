import { assert, assertEquals } from "@std/assert";
import {
  ENDPOINT_TYPE_NAMES,
  endpointFacts,
  type EndpointType,
} from "../../common/model/endpoint_types.ts";
import {
  type Artifacts,
  metricOf,
  readArtifacts,
  readJournal,
  scalarOf,
} from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { wavUri } from "../helpers/wav.ts";
import { checkAgreement } from "./agreement.ts";

const REQUESTS = 12;
const TOKENS = 7;

/** How those are told what to send where that have to be told. */
const TOLD: Partial<Record<EndpointType, readonly string[]>> = {
  audio_transcription: ["--mock-output-tokens", `${TOKENS}`],
  audio_translation: [
    "--mock-output-tokens",
    `${TOKENS}`,
    "--extra-inputs",
    "response_format:verbose_json",
  ],
  image_generation: ["--extra-inputs", "n:2", "--extra-inputs", "partial_images:3"],
  raw: ["--endpoint", "/v1/chat/completions"],
  template: [
    "--endpoint",
    "/v1/completions",
    "--payload-template",
    '{"prompt": {{ text|tojson }}, "max_tokens": {{ max_tokens }}, "stream": {{ stream|tojson }}}',
    "--response-field",
    "choices[0].text",
    "--extra-inputs",
    'stream_options:{"include_usage":true}',
  ],
};

/** What is sent where made-up prompts are of no use. */
function linesFor(type: EndpointType, streaming: boolean): readonly unknown[] {
  switch (endpointFacts(type).needs) {
    case "audios":
      return [0.5, 1].map((seconds) => ({ text: "not sent", audio: wavUri({ seconds }) }));
    case "passages":
      return ["a", "b"].map((name) => ({
        texts: [
          { name: "query", contents: [`What is ${name}?`] },
          { name: "passages", contents: [`It is ${name}.`, "It is something else."] },
        ],
      }));
    case "body":
      return ["a", "b"].map((content) => ({
        messages: [{ role: "user", content }],
        max_tokens: TOKENS,
        stream: streaming,
        ...(streaming && { stream_options: { include_usage: true } }),
      }));
    default:
      return [];
  }
}

/** Those of OpenAI and Anthropic for text have runs of their own. */
const TYPES = ENDPOINT_TYPE_NAMES.filter((type) =>
  !["chat", "completions", "messages", "responses"].includes(type)
);

for (const type of TYPES) {
  for (const streaming of endpointFacts(type).canStream ? [false, true] : [false]) {
    const how = streaming ? "streaming" : "whole answers";
    Deno.test(`a run of ${type}, ${how}, against a server that now and then refuses`, async () => {
      await withSandbox(async (sandbox) => {
        const lines = linesFor(type, streaming);
        const text = lines.map((line) => JSON.stringify(line) + "\n").join("");
        await Deno.writeTextFile(`${sandbox.path}/in.jsonl`, text);
        const source = lines.length > 0 ? "--input-file in.jsonl" : `--isl 20 --osl ${TOKENS}`;
        const args = [
          `profile --mock-server --endpoint-type ${type} --random-seed 3 --concurrency 2`,
          `--request-count ${REQUESTS} --artifact-dir out --workers-max 1 ${source}`,
          `--mock-error-rate 0.3 --mock-error-status 429${streaming ? " --streaming" : ""}`,
        ].join(" ").split(" ").concat(TOLD[type] ?? []);
        const { code, stderr } = await sandbox.run(args);
        assertEquals(code, 0, stderr);
        const artifacts = await readArtifacts(`${sandbox.path}/out`);
        checkErrors(artifacts);
        checkMetrics(artifacts, type, streaming);
        // The oracle knows of no texts that are counted afterwards, and of no pictures.
        if (lines.length === 0 && type !== "image_generation") checkAgreement(artifacts);
        const bodies = artifacts.inputs.data.flatMap(({ payloads }) => payloads);
        assert(bodies.length > 0 && bodies.every((body) => Object.keys(body).length > 1));
      });
    });
  }
}

/** Data sets that lack what the endpoint needs, and what is said of them. */
const LACKING: readonly (readonly [args: string, said: string])[] = [
  [
    "--endpoint-type audio_transcription",
    "--endpoint-type audio_transcription: needs audio, which the made-up prompts do not have; " +
    "give it in an --input-file, or have it made up by --audio-length-mean",
  ],
  [
    "--endpoint-type cohere_rankings --input-file in.jsonl",
    "--input-file: <cwd>/in.jsonl: line 1: passages: is missing, and " +
    "--endpoint-type cohere_rankings needs it",
  ],
  [
    "--endpoint-type raw --input-file in.jsonl",
    "--input-file: <cwd>/in.jsonl: line 1: payload: is missing, and --endpoint-type raw needs it",
  ],
];

for (const [args, said] of LACKING) {
  Deno.test(`what is lacking is told before a request is sent: ${args}`, async () => {
    await withSandbox(async (sandbox) => {
      await Deno.writeTextFile(`${sandbox.path}/in.jsonl`, '{"text":"query"}\n');
      const { code, stderr } = await sandbox.run(
        `--mock-server --artifact-dir out ${args}`.split(" "),
      );
      assertEquals(
        [code, stderr.replaceAll(sandbox.path, "<cwd>").trimEnd()],
        [2, `aiperf: ${said}`],
      );
      assertEquals(await readJournal(`${sandbox.path}/out`), []);
    });
  });
}

/** Some of the requests were refused, each in words that were understood; the others were answered. */
function checkErrors({ json, records }: Artifacts): void {
  assertEquals(records.length, REQUESTS);
  const failed = records.filter(({ outcome }) => outcome === "error").length;
  assert(failed > 0 && failed < REQUESTS, `${failed} of ${REQUESTS} failed`);
  assertEquals(json.error_summary, [{
    error_details: {
      code: 429,
      type: "Too Many Requests",
      message: "The mock server answers 429 on purpose",
    },
    count: failed,
  }]);
}

/** Every metric that makes sense is there, and none that does not. */
function checkMetrics(artifacts: Artifacts, type: EndpointType, streaming: boolean): void {
  const { writesNoText = false, sendsNoText = false } = endpointFacts(type);
  const has = (tag: string) => artifacts.json[tag] !== undefined;
  assert(metricOf(artifacts, "request_latency")["avg"]! > 0);
  assert(scalarOf(artifacts, "request_throughput")! > 0);
  assertEquals(has("input_sequence_length"), !sendsNoText);
  assertEquals(has("rtfx"), sendsNoText);
  assertEquals(has("image_throughput"), type === "image_generation");
  if (type === "image_generation") {
    assertEquals(metricOf(artifacts, "num_images")["avg"], 2);
  }
  for (const tag of ["time_to_first_token", "inter_token_latency", "inter_chunk_latency"]) {
    assertEquals(has(tag), streaming && !writesNoText, tag);
  }
  for (const tag of ["output_sequence_length", "output_token_throughput", "total_osl"]) {
    assertEquals(has(tag), !writesNoText, tag);
  }
  if (writesNoText) return;
  const { min, max } = metricOf(artifacts, "output_sequence_length");
  assertEquals([min, max], [TOKENS, TOKENS]);
}
