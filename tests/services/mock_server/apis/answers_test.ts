import { assert, assertEquals } from "@std/assert";
import { loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import { jsonAnswer, type MockApi } from "../../../../services/mock_server/apis/api.ts";
import { ApiError, errorJson } from "../../../../services/mock_server/apis/api_error.ts";
import { chatApi } from "../../../../services/mock_server/apis/chat.ts";
import { completionsApi } from "../../../../services/mock_server/apis/completions.ts";
import {
  type EmbeddingRequest,
  embeddingsApi,
} from "../../../../services/mock_server/apis/embeddings.ts";
import type { GenerationRequest } from "../../../../services/mock_server/apis/openai_generation.ts";
import { ollamaGenerateApi } from "../../../../services/mock_server/apis/ollama_generate.ts";
import { teiRerankApi } from "../../../../services/mock_server/apis/tei_rerank.ts";
import { plainResponse } from "../../../../services/mock_server/http_response.ts";
import { countWords, textOf, wordAt, WORDS } from "../../../../services/mock_server/mock_text.ts";
import { StreamText } from "../../../../services/mock_server/stream_text.ts";
import { API_DEFAULTS, apiPost } from "../api_requests.ts";

const IDENTITY = { serial: "1", createdUnixS: 1_700_000_000, reportUsage: true };
const CHAT: GenerationRequest = {
  model: 'mödel "x"',
  stream: true,
  includeUsage: true,
  continuousUsage: false,
  outputTokens: 3,
  limited: true,
  promptTokens: 5,
};
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

/** The payloads of the chunks of an HTTP body, checked against their sizes. */
function dechunk(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf(13, at);
    const size = Number.parseInt(new TextDecoder().decode(bytes.subarray(at, lineEnd)), 16);
    const end = lineEnd + 2 + size;
    assertEquals([bytes[end], bytes[end + 1]], [13, 10]);
    chunks.push(new TextDecoder().decode(bytes.subarray(lineEnd + 2, end)));
    at = end + 2;
  }
  return chunks;
}

function events(chunks: string[]) {
  return chunks.map((chunk) => {
    assert(chunk.startsWith("data: ") && chunk.endsWith("\n\n"), chunk);
    const data = chunk.slice("data: ".length, -2);
    return data === "[DONE]" ? data : JSON.parse(data);
  });
}

function wholeStream(
  api: MockApi<GenerationRequest>,
  request: GenerationRequest,
  identity = IDENTITY,
) {
  const text = new StreamText(api.streamed!(request, identity));
  const [head, ...rest] = text.opening().split("\r\n\r\n");
  const body = rest.join("\r\n\r\n") + text.tokens(0, 2) +
    text.tokens(2, request.outputTokens) + text.closing();
  const chunks = dechunk(body);
  assertEquals(chunks.pop(), "");
  return { head: head!, events: events(chunks) };
}

Deno.test("each word of the mock's text is one o200k_base token, alone and together", async () => {
  const tokenizer = await loadTokenizer("o200k_base");
  for (const word of WORDS) assertEquals(tokenizer.count(word), 1, word);
  for (const tokens of [0, 1, 2, 31, 32, 33, 64, 1000]) {
    assertEquals(tokenizer.count(textOf(tokens)), tokens);
  }
});

Deno.test("textOf() is the words one after the other", () => {
  for (const tokens of [0, 1, 40, 100]) {
    assertEquals(textOf(tokens), Array.from({ length: tokens }, (_, k) => wordAt(k)).join(""));
  }
});

Deno.test("countWords() counts what blanks separate, and punctuation marks", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["  ", 0],
    ["a", 1],
    [" a\tb\r\nc ", 3],
    ["é ö", 2],
    ["Well, this is it. Is it?", 9],
  ];
  for (const [text, words] of cases) assertEquals(countWords(text), words);
});

Deno.test("StreamText of a chat: role, one event a token, finish reason, usage, [DONE]", () => {
  const { head, events } = wholeStream(chatApi, CHAT);
  assert(head.startsWith("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream"));
  const envelope = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: CHAT.model,
  };
  const choice = (delta: unknown, reason: string | null = null) => {
    return { ...envelope, choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] };
  };
  assertEquals(events, [
    choice({ role: "assistant", content: "" }),
    choice({ content: " the" }),
    choice({ content: " quick" }),
    choice({ content: " answer" }),
    choice({}, "length"),
    { ...envelope, choices: [], usage: USAGE },
    "[DONE]",
  ]);
});

Deno.test("StreamText of a completion has no role event and carries text", () => {
  const { events } = wholeStream(completionsApi, { ...CHAT, limited: false });
  const texts = events.map((event) => event.choices?.[0]?.text ?? null);
  assertEquals(texts, [" the", " quick", " answer", "", null, null]);
  assertEquals(events[3].choices[0].finish_reason, "stop");
  assertEquals(events[0].object, "text_completion");
});

Deno.test("StreamText puts several tokens into an event, the last of which may hold fewer", () => {
  const bundled = new StreamText(chatApi.streamed!(CHAT, IDENTITY), { chunkTokens: 2 });
  const said = events(dechunk(bundled.tokens(0, 3))).map(({ choices }) => choices[0].delta.content);
  assertEquals(said, [" the quick", " answer"]);
});

Deno.test("StreamText puts the usage so far into each event when asked to", () => {
  for (const api of [chatApi, completionsApi]) {
    const shape = api.streamed!({ ...CHAT, continuousUsage: true }, IDENTITY);
    const bundled = new StreamText(shape, { chunkTokens: 2 });
    const usages = events(dechunk(bundled.tokens(0, 3))).map(({ usage }) => usage);
    assertEquals(usages, [
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
    ]);
  }
});

Deno.test("StreamText leaves usage away when not asked or not supported", () => {
  for (
    const { events } of [
      wholeStream(chatApi, { ...CHAT, includeUsage: false }),
      wholeStream(chatApi, CHAT, { ...IDENTITY, reportUsage: false }),
    ]
  ) {
    assertEquals(events.length, 6);
    assert(events.every((event) => event.usage === undefined));
  }
});

Deno.test("StreamText ends a failed stream with an error event", () => {
  const text = new StreamText(chatApi.streamed!(CHAT, IDENTITY)).failure(
    new ApiError(500, "Broken"),
  );
  const chunks = dechunk(text);
  assertEquals(chunks.pop(), "");
  assertEquals(events(chunks), [{
    error: { message: "Broken", type: "server_error", param: null, code: null },
  }]);
});

Deno.test("whole() of a chat is a whole answer with usage", () => {
  assertEquals(JSON.parse(chatApi.whole(CHAT, IDENTITY).body), {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: CHAT.model,
    choices: [{
      index: 0,
      message: { role: "assistant", content: " the quick answer" },
      logprobs: null,
      finish_reason: "length",
    }],
    usage: USAGE,
  });
  const completion = JSON.parse(
    completionsApi.whole(CHAT, { ...IDENTITY, reportUsage: false }).body,
  );
  assertEquals([completion.object, completion.choices[0].text, completion.usage], [
    "text_completion",
    " the quick answer",
    undefined,
  ]);
});

Deno.test("whole() of embeddings gives one unit vector an input, as numbers or base64", () => {
  const request: EmbeddingRequest = {
    model: "m",
    stream: false,
    outputTokens: 0,
    inputs: 2,
    dimensions: 4,
    base64: false,
    promptTokens: 3,
  };
  const numbers = JSON.parse(embeddingsApi.whole(request, IDENTITY).body);
  assertEquals(numbers.data.map((one: { index: number }) => one.index), [0, 1]);
  assertEquals(numbers.data[1].embedding, [0.5, 0.5, 0.5, 0.5]);
  assertEquals(numbers.usage, { prompt_tokens: 3, total_tokens: 3 });
  const packed = JSON.parse(embeddingsApi.whole({ ...request, base64: true }, IDENTITY).body);
  const bytes = Uint8Array.from(atob(packed.data[0].embedding), (char) => char.charCodeAt(0));
  assertEquals([...new Float32Array(bytes.buffer)], [0.5, 0.5, 0.5, 0.5]);
});

Deno.test("plainResponse() counts bytes, not characters", () => {
  const text = new TextDecoder().decode(plainResponse(200, jsonAnswer('{"ä":1}')));
  assert(text.startsWith("HTTP/1.1 200 OK\r\n"));
  assert(text.includes("\r\ncontent-length: 8\r\n") && text.endsWith('\r\n\r\n{"ä":1}'));
  const head = new TextDecoder().decode(
    plainResponse(404, jsonAnswer("{}"), {
      keepAlive: false,
      headOnly: true,
      headers: ["allow: GET"],
    }),
  );
  assertEquals(
    head,
    "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n" +
      "allow: GET\r\nconnection: close\r\n\r\n",
  );
});

Deno.test("plainResponse() takes any status, also one without a name", () => {
  const text = new TextDecoder().decode(plainResponse(599, jsonAnswer("{}")));
  assertEquals(text.split("\r\n")[0], "HTTP/1.1 599 Error");
});

Deno.test("Text Embeddings Inference names the kind of error that its status stands for", () => {
  const kinds = [400, 429, 499, 500, 503].map((status) =>
    JSON.parse(teiRerankApi.errorBody!(new ApiError(status, "No")))["error_type"]
  );
  assertEquals(kinds, [
    "Validation",
    "Overloaded",
    "Validation",
    "Backend",
    "Backend",
  ]);
});

Deno.test("Ollama says when an answer was made as a date", () => {
  const request = ollamaGenerateApi.parse(apiPost({ prompt: "a" }), API_DEFAULTS);
  const { body } = ollamaGenerateApi.whole(request, IDENTITY);
  assertEquals(JSON.parse(body).created_at, "2023-11-14T22:13:20.000Z");
});

Deno.test("errorJson() has OpenAI's four fields", () => {
  const error = new ApiError(429, "Slow down", { type: "rate_limit_error", code: "x", param: "p" });
  assertEquals(JSON.parse(errorJson(error)), {
    error: { message: "Slow down", type: "rate_limit_error", param: "p", code: "x" },
  });
});
