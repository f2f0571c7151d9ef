import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts, readJournal } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";

const JSON_TYPE = { "content-type": "application/json" };
const STREAM_TYPE = { "content-type": "text/event-stream" };
const HTML_TYPE = { "content-type": "text/html" };

interface BadAnswer {
  readonly name: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
  /** What the result must say of it. */
  readonly says: { readonly code: number; readonly type: string; readonly message: string };
}

/** What a server may answer to a request for a stream, though it should not. */
const BAD_ANSWERS: readonly BadAnswer[] = [
  {
    name: "a server error in JSON",
    status: 500,
    headers: JSON_TYPE,
    body: '{"error":{"message":"CUDA out of memory","type":"server_error"}}',
    says: { code: 500, type: "Internal Server Error", message: "CUDA out of memory" },
  },
  {
    name: "an error in another shape",
    status: 404,
    headers: JSON_TYPE,
    body: '{"detail":"Model not loaded"}',
    says: { code: 404, type: "Not Found", message: "Model not loaded" },
  },
  {
    name: "a validation error",
    status: 422,
    headers: JSON_TYPE,
    body: '{"detail":[{"loc":["body","max_tokens"],"msg":"too large"}]}',
    says: { code: 422, type: "Unprocessable Entity", message: "too large" },
  },
  {
    name: "an error page",
    status: 502,
    headers: HTML_TYPE,
    body:
      "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    says: { code: 502, type: "Bad Gateway", message: "502 Bad Gateway 502 Bad Gateway" },
  },
  {
    name: "an error in plain text",
    status: 429,
    body: "slow down\n",
    says: { code: 429, type: "Too Many Requests", message: "slow down" },
  },
  {
    name: "an error without a word",
    status: 503,
    body: "",
    says: {
      code: 503,
      type: "Service Unavailable",
      message: "the server answered 503 without a message",
    },
  },
  {
    name: "an error with control characters",
    status: 500,
    body: "\u001b[31mred\u001b[0m\u0007",
    says: { code: 500, type: "Internal Server Error", message: "[31mred [0m" },
  },
  {
    name: "a login page",
    headers: HTML_TYPE,
    body: "<!DOCTYPE html><html><body>Sign in</body></html>",
    says: {
      code: 502,
      type: "UnexpectedResponse",
      message: "the server answered with HTML: Sign in",
    },
  },
  {
    name: "nothing",
    headers: STREAM_TYPE,
    body: "",
    says: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
  },
  {
    name: "a stream that only ends",
    headers: STREAM_TYPE,
    body: "data: [DONE]\n\n",
    says: { code: 502, type: "EmptyResponse", message: "the stream ended without content" },
  },
  {
    name: "an event that is no JSON",
    headers: STREAM_TYPE,
    body: "data: {oops\n\n",
    says: {
      code: 502,
      type: "InvalidJSON",
      message: "an event of the stream is not a JSON object: {oops",
    },
  },
  {
    name: "an event that is no object",
    headers: STREAM_TYPE,
    body: "data: 7\n\n",
    says: {
      code: 502,
      type: "InvalidJSON",
      message: "an event of the stream is not a JSON object: 7",
    },
  },
  {
    name: "an error in the stream",
    headers: STREAM_TYPE,
    body: 'data: {"error":{"message":"KV cache is full","code":507}}\n\n',
    says: { code: 507, type: "ServerError", message: "KV cache is full" },
  },
  {
    name: "one body instead of a stream",
    headers: JSON_TYPE,
    body: '{"choices":[{"message":{"content":"Hello"}}]}',
    says: {
      code: 502,
      type: "UnexpectedResponse",
      message: "a stream was asked for, but the server answered with one JSON body",
    },
  },
  {
    name: "JSON that is cut short",
    headers: JSON_TYPE,
    body: '{"choices":[',
    says: {
      code: 502,
      type: "InvalidJSON",
      message: 'the answer is not a JSON object: {"choices":[',
    },
  },
  {
    name: "text that is no answer at all",
    body: "It works!",
    says: {
      code: 502,
      type: "UnexpectedResponse",
      message: "the answer is not a stream of events: It works!",
    },
  },
];

Deno.test("every bad answer of a server is told in words", async () => {
  let answered = 0;
  const handler = (request: Request) => {
    if (request.method === "GET") return new Response("up");
    const { status = 200, headers = {}, body } = BAD_ANSWERS[answered++ % BAD_ANSWERS.length]!;
    return new Response(body, { status, headers });
  };
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const args = `--url ${url} --model m --tokenizer builtin --streaming --artifact-dir out ` +
        `--concurrency 1 --request-count ${BAD_ANSWERS.length}`;
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 1, stderr);
      const records = await readJournal(`${sandbox.path}/out`);
      const told = records.toSorted((one, other) => one.index - other.index)
        .map(({ error }, i) => ({ name: BAD_ANSWERS[i]?.name, says: error }));
      assertEquals(told, BAD_ANSWERS.map(({ name, says }) => ({ name, says })));
    });
  });
});

Deno.test("streams that just stop are successes, and a warning tells of them", async () => {
  const handler = ({ method }: Request) => {
    if (method === "GET") return new Response("up");
    const token = `data: ${JSON.stringify({ choices: [{ delta: { content: "a" } }] })}\n\n`;
    return new Response(token + token, { headers: STREAM_TYPE });
  };
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const args = `--url ${url} --model m --tokenizer builtin --streaming --artifact-dir out ` +
        "--concurrency 1 --request-count 6";
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const { credits, warnings } = (await readArtifacts(`${sandbox.path}/out`)).json;
      assertEquals(credits.succeeded, 6);
      const warning =
        "6 of 6 streams ended without [DONE] or a finish_reason: they may have been " +
        "cut off. They count as successes.";
      assertEquals(warnings, [warning]);
      assertStringIncludes(stdout.replace(/\s+/g, " "), warning);
    });
  });
});

/** Turns a terminal's text red, and around, and rings its bell. */
const EVIL = "\u001b[31m\u0007\u202e\u009b";

/** What a server may say in which place, and what it is asked by. */
const PLACES: readonly (readonly [name: string, args: string])[] = [
  ["the models that it lists", "--request-count 1"],
  ["why it is not ready", "--model m --wait-for-model-timeout 1 --wait-for-model-interval 0.5"],
  ["why it does not empty its cache", "--model m --reset-kv-cache"],
  ["why a request failed", "--model m --request-count 1"],
];

for (const [name, args] of PLACES) {
  Deno.test(`nothing that a server says acts upon the terminal: ${name}`, async () => {
    const handler = ({ url, method }: Request) => {
      if (method === "GET" && !url.endsWith("/models")) return new Response("up");
      const data = ["a", "b"].map((id) => ({ id: id + EVIL }));
      if (method === "GET") return Response.json({ data });
      const error = { message: `told ${EVIL}`, type: `type ${EVIL}` };
      return Response.json({ error }, { status: 500 });
    };
    await withServer(handler, async (url) => {
      await withSandbox(async (sandbox) => {
        const { code, stdout, stderr } = await sandbox.run(
          `--url ${url} --tokenizer builtin --artifact-dir out ${args}`.split(" "),
        );
        assertNotEquals(code, 0, stderr);
        // deno-lint-ignore no-control-regex
        assertEquals((stdout + stderr).match(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/g), null, stderr);
      });
    });
  });
}
