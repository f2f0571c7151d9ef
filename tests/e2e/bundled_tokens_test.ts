import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Artifacts, metricOf, readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";

const TOKENS = 18;
const PER_CHUNK = 4;

/** How the tokens of the first chunk get known, the flags for it, and what a record keeps. */
const WAYS: readonly [string, string, unknown][] = [
  ["its text is counted afterwards", "", { text: " the quick answer to" }],
  ["the server counts as it goes", "--per-chunk-usage", { tokens: PER_CHUNK }],
];

for (const [how, flags, kept] of WAYS) {
  Deno.test(`several tokens in a chunk do not inflate the adjusted latency: ${how}`, async () => {
    await withSandbox(async (sandbox) => {
      // So far apart that a reader that is held up for half a second does not find all at once.
      const args = "profile --mock-server --streaming --concurrency 8 --request-count 8 --isl 16 " +
        `--workers-max 1 --osl ${TOKENS} --mock-ttft 5 --mock-itl 60 ` +
        `--mock-chunk-tokens ${PER_CHUNK} --artifact-dir out ${flags}`;
      const { code, stderr } = await sandbox.run(args.trim().split(" "));
      assertEquals(code, 0, stderr);
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      assertEquals(
        new Set(artifacts.records.map(({ firstChunk }) => JSON.stringify(firstChunk))),
        new Set([JSON.stringify(kept)]),
      );
      checkNumbers(artifacts);
    });
  });
}

function checkNumbers(artifacts: Artifacts): void {
  const chunks = Math.ceil(TOKENS / PER_CHUNK);
  for (const [tag, value] of [["tokens_per_chunk", TOKENS / chunks], ["first_chunk_tokens", 4]]) {
    const { min, max } = metricOf(artifacts, tag as string);
    assertEquals([min, max], [value, value], tag as string);
  }
  // The order of requests in the exports is that of their ends.
  const decodesMs = artifacts.records.map(({ chunksAfterNs }) => {
    assertEquals(chunksAfterNs.length, chunks);
    return (chunksAfterNs.at(-1)! - chunksAfterNs[0]!) / 1e6;
  });
  const meanMs = decodesMs.reduce((sum, ms) => sum + ms, 0) / decodesMs.length;
  const adjusted = metricOf(artifacts, "chunk_adjusted_inter_token_latency")["avg"]!;
  assertAlmostEquals(adjusted, meanMs / (TOKENS - PER_CHUNK), 1e-6);
  const plain = metricOf(artifacts, "inter_token_latency")["avg"]!;
  assertAlmostEquals(plain, meanMs / (TOKENS - 1), 1e-6);
  const stalls = metricOf(artifacts, "largest_stall");
  assertEquals(stalls["max"], metricOf(artifacts, "inter_chunk_latency")["max"]);
  assert(artifacts.json.warnings.some((warning) => warning.includes("3.6 tokens on average")));
}
