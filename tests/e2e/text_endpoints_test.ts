import { assert, assertEquals } from "@std/assert";
import { type Artifacts, metricOf, readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";
import type { MockServerOptions } from "../../services/mock_server/mock_options.ts";
import type { LoggedRequest } from "../../services/mock_server/request_log.ts";

/** What is special about an endpoint type whose answers are text. */
interface TextApi {
  readonly type: string;
  readonly path: string;
  /** What the server calls the error of a stream that it breaks off. */
  readonly streamError: string;
}

const TEXT_APIS: readonly TextApi[] = [
  { type: "chat", path: "/v1/chat/completions", streamError: "server_error" },
  { type: "completions", path: "/v1/completions", streamError: "server_error" },
  { type: "responses", path: "/v1/responses", streamError: "server_error" },
  { type: "messages", path: "/v1/messages", streamError: "api_error" },
];

const REQUESTS = 12;
const TOKENS = 9;

/** A run with the given flags against a mock server; `check` gets all that is left of it. */
async function run(
  mock: MockServerOptions,
  flags: string,
  check: (seen: { code: number; artifacts: Artifacts; requests: readonly LoggedRequest[] }) => void,
): Promise<void> {
  await withMockServer(mock, async (server) => {
    await withSandbox(async (sandbox) => {
      const args = `profile --url ${server.url} --model m --workers-max 1 --concurrency 4 ` +
        `--request-count ${REQUESTS} --isl 16 --osl ${TOKENS} --artifact-dir out ${flags}`;
      const { code } = await sandbox.run(args.split(" "));
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      check({ code, artifacts, requests: server.requests().requests });
    });
  });
}

for (const { type, path, streamError } of TEXT_APIS) {
  Deno.test(`${type}: a stream is counted and timed chunk by chunk`, async () => {
    const flags = `--endpoint-type ${type} --streaming`;
    await run({ ttftMs: 10, itlMs: 2 }, flags, ({ code, artifacts, requests }) => {
      assertEquals(code, 0);
      assertEquals([...new Set(requests.map((request) => request.path))], [path]);
      assert(requests.every(({ stream, outputTokens }) => stream && outputTokens === TOKENS));
      const promptTokens = new Map(requests.map((one) => [one.requestId, one.promptTokens]));
      for (const { requestId, chunksAfterNs, firstOutputChunk, usage } of artifacts.records) {
        assertEquals([chunksAfterNs.length, firstOutputChunk], [TOKENS, 0]);
        assertEquals(usage!.completionTokens, TOKENS);
        assertEquals(usage!.promptTokens, promptTokens.get(requestId));
      }
      assertEquals(metricOf(artifacts, "output_sequence_length")["avg"], TOKENS);
      assert(metricOf(artifacts, "time_to_first_token")["min"]! >= 10);
      // How long it is is for other tests: a reader that is held up finds several tokens at once.
      assertEquals(metricOf(artifacts, "inter_token_latency")["count"], requests.length);
    });
  });

  Deno.test(`${type}: without usage the client counts the tokens of the text`, async () => {
    const flags = `--endpoint-type ${type} --streaming --tokenizer builtin`;
    await run({ reportUsage: false }, flags, ({ code, artifacts }) => {
      assertEquals(code, 0);
      const { min, max } = metricOf(artifacts, "output_sequence_length");
      assertEquals([min, max], [TOKENS, TOKENS]);
    });
  });

  Deno.test(`${type}: refusals and broken streams are told in the server's words`, async () => {
    const flags = `--endpoint-type ${type} --streaming`;
    const mock = { errorRate: 0.5, errorStatus: 429, streamErrorRate: 1, seed: 3 };
    await run(mock, flags, ({ code, artifacts }) => {
      assertEquals(code, 1);
      const errors = artifacts.json.error_summary.map((group) => group.error_details);
      assertEquals(errors.toSorted((a, b) => a.code! - b.code!), [
        {
          code: 429,
          type: "Too Many Requests",
          message: "The mock server answers 429 on purpose",
        },
        { code: 502, type: streamError, message: "The mock server failed on purpose" },
      ]);
    });
  });
}
