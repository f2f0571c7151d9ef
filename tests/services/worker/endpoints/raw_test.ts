import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { type AnswerPart, answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { rawEndpoint } from "../../../../services/worker/endpoints/raw.ts";
import { receive } from "../played_answer.ts";
import { JOB, PLAN } from "../sending.ts";

const BODY = '{"prompt" : "as it is", "n":1.0}';

Deno.test("a raw request sends the body of the data set, byte for byte", async () => {
  const conversation = { ...JOB.conversation, turns: [plainTurn([], { body: BODY })] };
  const job = { ...JOB, conversation };
  const reads = [[30, '{"text":"Hi"}'] as [number, string]];
  const record = await receive({ reads }, { streaming: false }, { endpoint: rawEndpoint, job });
  assertEquals([record.outcome, record.chunksAfterNs], ["success", [30]]);
  assertThrows(
    () => rawEndpoint.buildBody({ plan: PLAN, model: "m", turns: [plainTurn(["x"])] }),
    RangeError,
    "a raw request needs a body in the data set",
  );
});

const HI: Partial<AnswerPart> = { carries: "output", content: "Hi" };

/** Whole answers of the APIs that there are, and what is found in them. */
const WHOLE: [name: string, body: unknown, part: Partial<AnswerPart>][] = [
  ["a chat", { choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] }, {
    ...HI,
    finish: "stop",
  }],
  ["a text completion", { choices: [{ text: "Hi", finish_reason: "length" }] }, {
    ...HI,
    finish: "length",
  }],
  ["Anthropic's message", { type: "message", content: [{ type: "text", text: "Hi" }] }, HI],
  [
    "a response",
    {
      object: "response",
      output: [{ type: "message", content: [{ type: "output_text", text: "Hi" }] }],
    },
    HI,
  ],
  ["Ollama's chat", { message: { content: "Hi" }, done: true }, { ...HI, done: true }],
  ["Ollama's generate", { response: "Hi", done: true }, { ...HI, done: true }],
  ["TGI", { generated_text: "Hi" }, { ...HI, done: true }],
  ["TGI of the hub", [{ generated_text: "Hi" }], { ...HI, done: true }],
  ["llama.cpp", { content: "Hi", stop: true, tokens_evaluated: 3, tokens_predicted: 2 }, {
    ...HI,
    done: true,
    usage: {
      promptTokens: 3,
      completionTokens: 2,
      totalTokens: 5,
      reasoningTokens: null,
      cachedPromptTokens: null,
    },
  }],
  ["embeddings", { data: [{ embedding: [1] }] }, { carries: "output" }],
  ["bare embeddings", { embeddings: [[1]] }, { carries: "output" }],
  ["rankings", { rankings: [{ index: 0, logit: 1 }] }, { carries: "output" }],
  ["rerank results", { results: [{ index: 0 }] }, { carries: "output" }],
  ["TEI's rankings", [{ index: 0, score: 1 }], { carries: "output" }],
  ["a field called text", { text: "Hi" }, HI],
  ["a field called output", { output: "Hi" }, HI],
  ["a text", "Hi", HI],
  ["an error", { error: "busy" }, {
    error: { code: 502, type: "ServerError", message: "busy" },
  }],
  ["something else", { a: 1 }, {}],
  ["nothing", {}, {}],
  ["an empty list", [], {}],
  ["null", null, {}],
];

for (const [name, body, part] of WHOLE) {
  Deno.test(`a raw answer that is ${name}`, () => {
    assertEquals(rawEndpoint.readAnswer(body), answerPart(part));
  });
}

const EVENTS: [name: string, data: string, part: Partial<AnswerPart>][] = [
  ["a chat's", '{"choices":[{"delta":{"content":"Hi"}}]}', HI],
  ["a chat's reasoning", '{"choices":[{"delta":{"reasoning":"hm"}}]}', {
    carries: "reasoning",
    reasoning: "hm",
  }],
  ["a completion's", '{"choices":[{"text":"Hi"}]}', HI],
  ["Anthropic's", '{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}', HI],
  ["a response's", '{"type":"response.output_text.delta","delta":"Hi"}', HI],
  ["TGI's", '{"token":{"text":"Hi","special":false},"generated_text":null}', HI],
  ["Ollama's", '{"message":{"content":"Hi"},"done":false}', HI],
  ["llama.cpp's", '{"content":"Hi","stop":false}', HI],
  ["plain text", "Hi", HI],
  ["a quoted text", '"Hi"', HI],
  ["the end", "[DONE]", { done: true }],
  ["blank", "", {}],
];

for (const [name, data, part] of EVENTS) {
  Deno.test(`a raw event that is ${name}`, () => {
    assertEquals(rawEndpoint.readEvent({ event: "message", data, id: "" }), answerPart(part));
  });
}

Deno.test("a raw event under the name of an error is one", () => {
  const { error } = rawEndpoint.readEvent({ event: "error", data: '{"message":"busy"}', id: "" });
  assertEquals(error, { code: 502, type: "ServerError", message: "busy" });
});
