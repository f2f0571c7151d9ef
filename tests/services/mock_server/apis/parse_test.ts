import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../../../services/mock_server/apis/api_error.ts";
import { chatApi } from "../../../../services/mock_server/apis/chat.ts";
import { completionsApi } from "../../../../services/mock_server/apis/completions.ts";
import { embeddingsApi } from "../../../../services/mock_server/apis/embeddings.ts";
import { responsesApi } from "../../../../services/mock_server/apis/responses.ts";
import { API_DEFAULTS, apiPost } from "../api_requests.ts";

const APIS = { chat: chatApi, completion: completionsApi, embedding: embeddingsApi };
const MESSAGES = [{ role: "system", content: "be  brief" }, { role: "user", content: "hi\nyou" }];

function parse(kind: keyof typeof APIS, body: unknown) {
  return APIS[kind].parse(apiPost(body), API_DEFAULTS);
}

Deno.test("an API fills in what a chat request leaves open", () => {
  assertEquals(parse("chat", { messages: MESSAGES }), {
    model: "mock-model",
    stream: false,
    includeUsage: false,
    continuousUsage: false,
    outputTokens: 50,
    limited: false,
    promptTokens: 4,
  });
});

Deno.test("the Responses API ends an answer as incomplete only where the request set its length", () => {
  const limits = [{}, { max_output_tokens: null }, { max_output_tokens: 7 }];
  const read = limits.map((limit) =>
    responsesApi.parse(apiPost({ input: "a b", ...limit }), API_DEFAULTS)
  );
  assertEquals(read.map(({ outputTokens, limited }) => [outputTokens, limited]), [
    [50, false],
    [50, false],
    [7, true],
  ]);
});

Deno.test("an API takes length, stream and usage from the request", () => {
  const body = {
    messages: MESSAGES,
    model: "m",
    stream: true,
    stream_options: { include_usage: true },
  };
  const expected = {
    model: "m",
    stream: true,
    includeUsage: true,
    continuousUsage: false,
    promptTokens: 4,
  };
  const cases: [Record<string, number | null>, number][] = [
    [{ max_completion_tokens: 7 }, 7],
    [{ max_tokens: 9 }, 9],
    [{ max_tokens: 9, max_completion_tokens: 7 }, 7],
    [{ max_tokens: 9, max_completion_tokens: null }, 9],
  ];
  for (const [limits, outputTokens] of cases) {
    const request = parse("chat", { ...body, ...limits });
    assertEquals(request, { ...expected, outputTokens, limited: true } as typeof request);
  }
});

Deno.test("an API counts the words of every form of prompt", () => {
  const parts = [{ type: "text", text: "a b" }, { type: "image_url", image_url: { url: "x" } }];
  const cases: [keyof typeof APIS, unknown, number][] = [
    ["chat", { messages: [{ role: "user", content: parts }] }, 2],
    ["chat", { messages: [{ role: "assistant", content: null, tool_calls: [] }] }, 0],
    ["completion", { prompt: "a b c" }, 3],
    ["completion", { prompt: ["a b", "c"] }, 3],
    ["completion", { prompt: [11, 12, 13, 14] }, 4],
    ["embedding", { input: [[1, 2], [3]] }, 3],
    ["embedding", { input: " \t" }, 0],
  ];
  for (const [kind, body, tokens] of cases) assertEquals(parse(kind, body).promptTokens, tokens);
});

Deno.test("an API reads embedding requests", () => {
  assertEquals(
    parse("embedding", { input: ["a", "b c"], dimensions: 4, encoding_format: "base64" }),
    {
      model: "mock-model",
      inputs: 2,
      dimensions: 4,
      base64: true,
      stream: false,
      outputTokens: 0,
      promptTokens: 3,
    },
  );
});

Deno.test("an API refuses bad bodies and names what is bad", () => {
  const ok = { messages: MESSAGES };
  const cases: [keyof typeof APIS, unknown, string | null, string][] = [
    ["chat", "{", null, "not valid JSON"],
    ["chat", "", null, "not valid JSON"],
    ["chat", "[]", null, "not a JSON object"],
    ["chat", {}, "messages", "Missing required parameter: 'messages'"],
    ["chat", { messages: [] }, "messages", "non-empty array"],
    ["chat", { messages: "hi" }, "messages", "non-empty array"],
    ["chat", { messages: [1] }, "messages[0]", "an object"],
    ["chat", { messages: [{ content: "x" }] }, "messages[0].role", "a string"],
    ["chat", { messages: [{ role: "user", content: 5 }] }, "messages[0].content", "parts"],
    ["chat", { ...ok, stream: "yes" }, "stream", "a boolean"],
    ["chat", { ...ok, stream_options: 1 }, "stream_options", "an object"],
    ["chat", { ...ok, model: 1 }, "model", "a string"],
    ["chat", { ...ok, max_tokens: 0 }, "max_tokens", "from 1 to 1000000, got 0"],
    ["chat", { ...ok, max_tokens: 1.5 }, "max_tokens", "an integer"],
    ["chat", { ...ok, max_completion_tokens: "9" }, "max_completion_tokens", 'got "9"'],
    ["chat", { ...ok, max_completion_tokens: 2e6 }, "max_completion_tokens", "an integer"],
    ["completion", {}, "prompt", "Missing"],
    ["completion", { prompt: [] }, "prompt", "non-empty"],
    ["embedding", { input: [{}] }, "input", "token arrays"],
    ["embedding", { input: "a", encoding_format: "x" }, "encoding_format", "base64"],
    ["embedding", { input: "a", dimensions: -1 }, "dimensions", "an integer"],
  ];
  for (const [kind, body, param, message] of cases) {
    const error = assertThrows(() => parse(kind, body), ApiError, message) as ApiError;
    assertEquals([error.status, error.type, error.param], [400, "invalid_request_error", param]);
  }
});
