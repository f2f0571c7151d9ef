import { assertEquals } from "@std/assert";
import { ENDPOINT_TYPES, endpointFacts } from "../../../common/model/endpoint_types.ts";
import { resolveRun } from "../../../common/config/resolve.ts";
import { optionsFor, problemsOf } from "../../helpers/command_line.ts";

const SURROUNDINGS = {
  cliCommand: "",
  workingDir: "/w",
  cpus: 4,
  freshSeed: 1,
  onTerminal: false,
};

Deno.test("a stream is not asked of an API that has none", async () => {
  for (const type of Object.keys(ENDPOINT_TYPES)) {
    const more = type === "template" ? ["--payload-template", "nv-embedqa"] : [];
    const args = ["--mock-server", "--streaming", "--endpoint-type", type, ...more];
    const problems = await problemsOf(args);
    const expected = endpointFacts(type).canStream ? [] : [
      `--streaming: has no effect with --endpoint-type ${type}, whose answers come whole`,
    ];
    assertEquals(problems, expected, type);
  }
});

Deno.test("--streaming of the environment is for those runs that can stream", async () => {
  const env = { AIPERF_STREAMING: "true" };
  for (const [type, streaming] of [["chat", true], ["embeddings", false]] as const) {
    const options = await optionsFor(["--mock-server", "--endpoint-type", type], { env });
    assertEquals(resolveRun(options, SURROUNDINGS).endpoint.streaming, streaming, type);
  }
});

Deno.test("the content type of requests is the user's, but for that of forms, which name their boundary", async () => {
  const args = ["--mock-server", "-H", "content-TYPE: application/x", "-H", "Accept: text/plain"];
  for (const type of Object.keys(ENDPOINT_TYPES)) {
    const more = type === "template" ? ["--payload-template", "nv-embedqa"] : [];
    const isForm = type === "audio_transcription" || type === "audio_translation";
    const expected = isForm
      ? [
        `-H: must leave content-TYPE to --endpoint-type ${type}, whose requests are forms that name ` +
        "their boundary in it",
      ]
      : [];
    assertEquals(await problemsOf([...args, "--endpoint-type", type, ...more]), expected, type);
  }
});
