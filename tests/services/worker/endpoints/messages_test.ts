import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { messagesEndpoint } from "../../../../services/worker/endpoints/messages.ts";
import { createRequestTemplate } from "../../../../services/worker/request_template.ts";
import { bodyOf, type EventCase, MEDIA, PLAN, testEvents, TURN } from "./cases.ts";

const BASE = {
  model: "m",
  max_tokens: 5,
  messages: [{ role: "user", content: "hi" }],
  stream: true,
};

Deno.test("the body of a message always has a limit, as the API wants one", () => {
  assertEquals(bodyOf(messagesEndpoint), BASE);
  const unlimited = { ...TURN, outputTokens: null };
  assertEquals(bodyOf(messagesEndpoint, {}, [unlimited]), { ...BASE, max_tokens: 4096 });
  const extraInputs = { max_tokens: 9, thinking: { type: "enabled", budget_tokens: 1024 } };
  assertEquals(bodyOf(messagesEndpoint, { extraInputs }), { ...BASE, ...extraInputs });
});

Deno.test("what the system says is taken out of the messages", () => {
  const system = plainTurn(["be brief"], { role: "system" });
  assertEquals(bodyOf(messagesEndpoint, {}, [system, TURN]), { ...BASE, system: "be brief" });
  const more = plainTurn([], {
    messages: [{ role: "system", content: [{ type: "text", text: "and kind" }] }],
  });
  assertEquals(bodyOf(messagesEndpoint, {}, [system, more, TURN])["system"], [
    { type: "text", text: "be brief" },
    { type: "text", text: "and kind" },
  ]);
});

Deno.test("pictures are blocks of a message, by URL or in base64", () => {
  const images = [...MEDIA.images, "https://h/b.jpg"];
  const turn = plainTurn(["see"], { media: { images, audios: [], videos: [] } });
  assertEquals(bodyOf(messagesEndpoint, {}, [turn])["messages"], [{
    role: "user",
    content: [
      { type: "text", text: "see" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      { type: "image", source: { type: "url", url: "https://h/b.jpg" } },
    ],
  }]);
  assertThrows(
    () => bodyOf(messagesEndpoint, {}, [{ ...TURN, media: MEDIA }]),
    Error,
    "the messages API takes no audios",
  );
});

Deno.test("the key goes into the header that the API has for it, with the API's version", () => {
  const secrets = { apiKey: "secret-key", headers: {} };
  const template = createRequestTemplate(messagesEndpoint, PLAN, secrets);
  const headers = new Headers(template.headers("r", "c", "{}"));
  assertEquals(headers.get("x-api-key"), "secret-key");
  assertEquals(headers.get("authorization"), null);
  assertEquals(headers.get("anthropic-version"), "2023-06-01");
});

const NO_COUNTS = {
  promptTokens: null,
  completionTokens: null,
  totalTokens: null,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

const EVENTS: EventCase[] = [
  ["the start, which knows the prompt with its cached part", {
    type: "message_start",
    message: {
      content: [],
      usage: {
        input_tokens: 25,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 5,
        output_tokens: 1,
      },
    },
  }, {
    usage: { ...NO_COUNTS, promptTokens: 130, completionTokens: 1, cachedPromptTokens: 100 },
  }],
  ["a block that begins", {
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  }, {}],
  ["a called tool", {
    type: "content_block_start",
    index: 1,
    content_block: { type: "tool_use", id: "t", name: "f", input: {} },
  }, { carries: "output", toolCalls: "f" }],
  ["a ping", { type: "ping" }, {}],
  ["text", { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } }, {
    carries: "output",
    content: "Hi",
  }],
  ["thinking", {
    type: "content_block_delta",
    index: 0,
    delta: { type: "thinking_delta", thinking: "hm" },
  }, { carries: "reasoning", reasoning: "hm" }],
  ["the signature of thinking", {
    type: "content_block_delta",
    index: 0,
    delta: { type: "signature_delta", signature: "EqQB" },
  }, {}],
  ["the input of a tool", {
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json: '{"a":' },
  }, { carries: "output", toolCalls: '{"a":' }],
  ["an empty input", {
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json: "" },
  }, {}],
  ["a block that ends", { type: "content_block_stop", index: 0 }, {}],
  ["the reason to stop and the tokens of the answer", {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 15 },
  }, { usage: { ...NO_COUNTS, completionTokens: 15 }, finish: "end_turn" }],
  ["the end", { type: "message_stop" }, { done: true }],
  ["an error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, {
    error: { code: 502, type: "overloaded_error", message: "Overloaded" },
  }],
  ["a kind of event that is not known", { type: "new_thing", text: "x" }, {}],
];

testEvents(messagesEndpoint, "messages", EVENTS, true);

Deno.test("a whole message is read block by block", () => {
  const whole = {
    type: "message",
    role: "assistant",
    content: [
      { type: "thinking", thinking: "hm", signature: "x" },
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "t", name: "f", input: { a: 1 } },
    ],
    stop_reason: "tool_use",
    usage: { input_tokens: 3, output_tokens: 4 },
  };
  const expected = answerPart({
    carries: "output",
    content: "Hi",
    reasoning: "hm",
    toolCalls: 'f{"a":1}',
    usage: { ...NO_COUNTS, promptTokens: 3, completionTokens: 4 },
    finish: "tool_use",
  });
  assertEquals(messagesEndpoint.readAnswer(whole), expected);
});
