import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { RequestRecord, Usage } from "../../../../common/model/record.ts";
import type { Endpoint } from "../../../../services/worker/endpoints/endpoint.ts";
import { ollamaChatEndpoint } from "../../../../services/worker/endpoints/ollama_chat.ts";
import { ollamaGenerateEndpoint } from "../../../../services/worker/endpoints/ollama_generate.ts";
import { PLAN } from "../sending.ts";
import { receive } from "../played_answer.ts";
import { testTranscripts, type Transcript } from "./transcripts.ts";

const PICTURE = "data:image/png;base64,AAEC";
const TURNS = [
  plainTurn(["be brief"], { role: "system" }),
  plainTurn(["hi"]),
  plainTurn(["hello"], { role: "assistant" }),
  plainTurn(["what", "is it?"], { outputTokens: 5 }),
];

function bodyOf(
  endpoint: Endpoint,
  turns: Turn[],
  change: { streaming?: boolean; extraInputs?: Record<string, unknown> } = {},
): Record<string, unknown> {
  const body = endpoint.buildBody({ plan: { ...PLAN, ...change }, model: "m", turns });
  return JSON.parse(body as string);
}

Deno.test("Ollama's chat gets the conversation in messages, and its limit among the options", () => {
  assertEquals(bodyOf(ollamaChatEndpoint, TURNS), {
    model: "m",
    messages: [
      { role: "system", content: "be brief" },
      { role: "user", content: "hi" },
      { role: "assistant", content: "hello" },
      { role: "user", content: "what\nis it?" },
    ],
    stream: true,
    options: { num_predict: 5 },
  });
});

Deno.test("the messages of a data set are sent to Ollama as they are", () => {
  const messages = [{ role: "tool", content: "11 degrees", tool_name: "weather" }];
  assertEquals(bodyOf(ollamaChatEndpoint, [plainTurn([], { messages })])["messages"], messages);
});

Deno.test("Ollama's generate gets one prompt, and what the system says apart", () => {
  assertEquals(bodyOf(ollamaGenerateEndpoint, TURNS), {
    model: "m",
    system: "be brief",
    prompt: "hi\nhello\nwhat\nis it?",
    stream: true,
    options: { num_predict: 5 },
  });
  assertEquals("system" in bodyOf(ollamaGenerateEndpoint, TURNS.slice(1)), false);
});

for (
  const [name, endpoint] of [["chat", ollamaChatEndpoint], [
    "generate",
    ollamaGenerateEndpoint,
  ]] as const
) {
  Deno.test(`Ollama's ${name} streams unless it is told not to, so it is told`, () => {
    const { stream } = bodyOf(endpoint, TURNS, { streaming: false });
    assertEquals(stream, false);
    assertEquals(endpoint.isStreaming({ ...PLAN, streaming: false }), false);
    assertEquals(endpoint.isStreaming({ ...PLAN, streaming: true }), true);
    assertEquals(endpoint.framing, "lines");
  });

  Deno.test(`extra options of Ollama's ${name} stand beside ours and win, other inputs at the top`, () => {
    const extraInputs = { options: { num_predict: 9, seed: 1 }, keep_alive: "5m", think: true };
    const body = bodyOf(endpoint, TURNS, { extraInputs });
    assertEquals(body["options"], { num_predict: 9, seed: 1 });
    assertEquals([body["keep_alive"], body["think"]], ["5m", true]);
    assertEquals("options" in bodyOf(endpoint, [plainTurn(["hi"])]), false);
  });

  Deno.test(`there is no body for Ollama's ${name} without a turn, nor with a picture's URL`, () => {
    assertThrows(() => bodyOf(endpoint, []), RangeError);
    const images = ["https://h/a.png"];
    const turn = plainTurn(["hi"], { media: { images, audios: [], videos: [] } });
    assertThrows(() => bodyOf(endpoint, [turn]), RangeError, "base64 data URIs");
  });
}

Deno.test("Ollama gets pictures as bare base64", () => {
  const turn = plainTurn(["hi"], { media: { images: [PICTURE], audios: [], videos: [] } });
  assertEquals(bodyOf(ollamaGenerateEndpoint, [turn])["images"], ["AAEC"]);
  assertEquals(bodyOf(ollamaChatEndpoint, [turn])["messages"], [
    { role: "user", content: "hi", images: ["AAEC"] },
  ]);
});

function usage(promptTokens: number | null, completionTokens: number): Usage {
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens === null ? null : promptTokens + completionTokens,
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}

interface Said {
  chunks: number;
  output: string;
  reasoning?: string;
  firstOutputChunk?: number;
  usage: Usage;
}

function says({ chunks, output, reasoning = "", firstOutputChunk = 0, usage }: Said) {
  const record: Partial<RequestRecord> = {
    outcome: "success",
    error: null,
    chunksAfterNs: Array(chunks).fill(30),
    firstOutputChunk,
    text: { output, reasoning },
    usage,
  };
  return record;
}

const STREAM = { plan: { streaming: true } };
const NO_MODEL: Transcript = {
  file: "ollama_no_model.json",
  status: 404,
  statusText: "Not Found",
  record: {
    outcome: "error",
    error: { code: 404, type: "Not Found", message: "model 'llama9' not found" },
  },
};

testTranscripts("ollama_chat", [
  {
    file: "ollama_chat.ndjson",
    ...STREAM,
    record: {
      streaming: true,
      ...says({ chunks: 3, output: "The sky is blue — 蓝.", usage: usage(26, 8) }),
    },
  },
  {
    file: "ollama_chat_whole.json",
    record: {
      streaming: false,
      ...says({ chunks: 1, output: "Hello! How are you today?", usage: usage(26, 7) }),
    },
  },
  {
    file: "ollama_chat_thinking.ndjson",
    ...STREAM,
    record: says({
      chunks: 3,
      output: "Three.",
      reasoning: "First, count",
      firstOutputChunk: 2,
      // A prompt that was cached is not counted.
      usage: usage(null, 5),
    }),
  },
  {
    file: "ollama_chat_tools.ndjson",
    ...STREAM,
    record: says({ chunks: 1, output: 'get_weather{"city":"Tokyo"}', usage: usage(169, 15) }),
  },
  {
    file: "ollama_error_line.ndjson",
    ...STREAM,
    record: {
      outcome: "error",
      chunksAfterNs: [30],
      error: {
        code: 502,
        type: "ServerError",
        message: "an error was encountered while running the model: unexpected EOF",
      },
    },
  },
  { ...NO_MODEL, ...STREAM },
  NO_MODEL,
]);

testTranscripts("ollama_generate", [
  {
    file: "ollama_generate.ndjson",
    ...STREAM,
    record: says({ chunks: 2, output: "The sky", usage: usage(26, 2) }),
  },
  {
    file: "ollama_generate_whole.json",
    record: says({
      chunks: 1,
      output: "The sky is blue because it is the color of the sky.",
      usage: usage(26, 290),
    }),
  },
  NO_MODEL,
]);

const BAD_STREAMS: [name: string, text: string, error: RequestRecord["error"]][] = [
  ["a stream of events instead of lines", 'data: {"a":1}\n\n', {
    code: 502,
    type: "UnexpectedResponse",
    message: "lines of JSON were asked for, but the server answered with events",
  }],
  ["a web page", "<html><body>Busy</body></html>", {
    code: 502,
    type: "UnexpectedResponse",
    message: "the server answered with HTML: Busy",
  }],
  ["a list", "[1,2]", {
    code: 502,
    type: "InvalidJSON",
    message: "the answer is not a JSON object: [1,2]",
  }],
  ["plain words", "out of memory", {
    code: 502,
    type: "InvalidJSON",
    message: "the answer is not a JSON object: out of memory",
  }],
  ["a line that is cut off", '{"message":{"content":"a"},"done":false}\n{"mess', {
    code: 502,
    type: "InvalidJSON",
    message: 'a line of the stream is not a JSON object: {"mess',
  }],
  ["lines without content", '{"message":{"content":""},"done":true,"done_reason":"load"}\n', {
    code: 502,
    type: "EmptyResponse",
    message: "the stream ended without content (finish reason: load)",
  }],
  ["nothing", "", { code: 502, type: "EmptyResponse", message: "the answer is empty" }],
];

for (const [name, text, error] of BAD_STREAMS) {
  Deno.test(`a bad stream of lines is told in exact words: ${name}`, async () => {
    const reads = text === "" ? [] : [[30, text] as [number, string]];
    const record = await receive({ reads }, {}, { endpoint: ollamaChatEndpoint });
    assertEquals([record.outcome, record.error], ["error", error]);
  });
}

Deno.test("a line that never ends is one error, however much of it comes", async () => {
  const piece = "x".repeat(2 ** 20);
  const reads = ['{"a":"', ...Array(70).fill(piece)].map((text) => [30, text] as [number, string]);
  const record = await receive({ reads }, {}, { endpoint: ollamaChatEndpoint });
  assertEquals([record.outcome, record.error], ["error", {
    code: 502,
    type: "ResponseTooLarge",
    message: "the server sent more than 32 MiB in one piece",
  }]);
});
