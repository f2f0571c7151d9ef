import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { FirstChunk, RequestRecord } from "../../common/model/record.ts";
import { type Artifacts, metricOf, readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";

const TOKENS = 18;
const PER_CHUNK = 4;

/** What the mock server says, token by token; it begins again after its end. */
const SAID = / the quick answer to(?<more>.*)/s;

/** How the tokens of the first chunk get known, the flags for it, and what a record keeps of them. */
const WAYS: readonly [string, string, (kept: FirstChunk, tokens: number) => void][] = [
  ["its text is counted afterwards", "", (kept, tokens) => {
    const { more } = SAID.exec(textOf(kept))!.groups!;
    assertEquals(more!.split(" ").length - 1, tokens - PER_CHUNK, textOf(kept));
  }],
  [
    "the server counts as it goes",
    "--per-chunk-usage",
    (kept, tokens) => assertEquals(kept, { tokens }),
  ],
];

function textOf(kept: FirstChunk): string {
  if (!("text" in kept)) throw new Error(`There is no text in ${JSON.stringify(kept)}`);
  return kept.text;
}

/** The tokens of the first read: a reader that is held up finds more than one chunk at once. */
function firstTokensOf({ chunksAfterNs }: RequestRecord): number {
  const together = chunksAfterNs.filter((afterNs) => afterNs === chunksAfterNs[0]).length;
  assert(together < chunksAfterNs.length, "all chunks came at once");
  return together * PER_CHUNK;
}

for (const [how, flags, checkKept] of WAYS) {
  Deno.test(`several tokens in a chunk do not inflate the adjusted latency: ${how}`, async () => {
    await withSandbox(async (sandbox) => {
      // So far apart that a reader that is held up for half a second does not find all at once.
      const args = "profile --mock-server --streaming --concurrency 8 --request-count 8 --isl 16 " +
        `--workers-max 1 --osl ${TOKENS} --mock-ttft 5 --mock-itl 60 ` +
        `--mock-chunk-tokens ${PER_CHUNK} --artifact-dir out ${flags}`;
      const { code, stderr } = await sandbox.run(args.trim().split(" "));
      assertEquals(code, 0, stderr);
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      for (const record of artifacts.records) checkKept(record.firstChunk!, firstTokensOf(record));
      checkNumbers(artifacts);
    });
  });
}

function checkNumbers(artifacts: Artifacts): void {
  const chunks = Math.ceil(TOKENS / PER_CHUNK);
  const perChunk = metricOf(artifacts, "tokens_per_chunk");
  assertEquals([perChunk["min"], perChunk["max"]], [TOKENS / chunks, TOKENS / chunks]);
  const firstTokens = artifacts.records.map(firstTokensOf);
  const { min, max } = metricOf(artifacts, "first_chunk_tokens");
  assertEquals([min, max], [Math.min(...firstTokens), Math.max(...firstTokens)]);
  const decodesMs = artifacts.records.map(({ chunksAfterNs }) => {
    assertEquals(chunksAfterNs.length, chunks);
    return (chunksAfterNs.at(-1)! - chunksAfterNs[0]!) / 1e6;
  });
  const meanOf = (values: number[]) => values.reduce((sum, ms) => sum + ms, 0) / values.length;
  const adjusted = metricOf(artifacts, "chunk_adjusted_inter_token_latency")["avg"]!;
  const perLaterToken = decodesMs.map((ms, i) => ms / (TOKENS - firstTokens[i]!));
  assertAlmostEquals(adjusted, meanOf(perLaterToken), 1e-6);
  const plain = metricOf(artifacts, "inter_token_latency")["avg"]!;
  assertAlmostEquals(plain, meanOf(decodesMs) / (TOKENS - 1), 1e-6);
  const stalls = metricOf(artifacts, "largest_stall");
  assertEquals(stalls["max"], metricOf(artifacts, "inter_chunk_latency")["max"]);
  assert(artifacts.json.warnings.some((warning) => warning.includes("3.6 tokens on average")));
}
