import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { responsesEndpoint } from "../../../../services/worker/endpoints/responses.ts";
import { bodyOf, type EventCase, MEDIA, testEvents, TURN } from "./cases.ts";

const BASE = {
  input: [{ role: "user", content: "hi" }],
  model: "m",
  stream: true,
  max_output_tokens: 5,
};

Deno.test("the body of a response is its input and a limit; usage comes unasked", () => {
  assertEquals(bodyOf(responsesEndpoint), BASE);
  const { max_output_tokens: _, ...unlimited } = BASE;
  assertEquals(bodyOf(responsesEndpoint, {}, [{ ...TURN, outputTokens: null }]), unlimited);
  const extraInputs = { max_output_tokens: 9, tools: [{ type: "function", name: "f" }] };
  assertEquals(bodyOf(responsesEndpoint, { extraInputs }), { ...BASE, ...extraInputs });
});

Deno.test("the input holds the whole conversation, with pictures and sounds as parts", () => {
  const turns = [
    plainTurn(["be brief"], { role: "system" }),
    plainTurn(["see"], { media: { ...MEDIA, videos: [] } }),
    plainTurn(["a", "b"], { role: "assistant" }),
    plainTurn([], { messages: [{ type: "function_call_output", call_id: "c", output: "1" }] }),
  ];
  assertEquals(bodyOf(responsesEndpoint, {}, turns)["input"], [
    { role: "system", content: "be brief" },
    {
      role: "user",
      content: [
        { type: "input_text", text: "see" },
        { type: "input_image", image_url: MEDIA.images[0] },
        { type: "input_audio", input_audio: { data: "BB==", format: "mp3" } },
      ],
    },
    {
      role: "assistant",
      content: [{ type: "output_text", text: "a" }, { type: "output_text", text: "b" }],
    },
    { type: "function_call_output", call_id: "c", output: "1" },
  ]);
});

Deno.test("a response takes no video", () => {
  assertThrows(
    () => bodyOf(responsesEndpoint, {}, [{ ...TURN, media: MEDIA }]),
    Error,
    "the responses API takes no videos",
  );
});

const USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 18,
};
const READ_USAGE = {
  promptTokens: 11,
  completionTokens: 7,
  totalTokens: 18,
  reasoningTokens: 3,
  cachedPromptTokens: 4,
};

const EVENTS: EventCase[] = [
  ["created", { type: "response.created", response: { status: "in_progress", usage: null } }, {}],
  ["an item of text that begins", {
    type: "response.output_item.added",
    item: { type: "message", role: "assistant", content: [] },
  }, {}],
  ["text", { type: "response.output_text.delta", delta: "Hi", logprobs: [] }, {
    carries: "output",
    content: "Hi",
  }],
  ["empty text", { type: "response.output_text.delta", delta: "" }, {}],
  ["text that is complete, which was counted", {
    type: "response.output_text.done",
    text: "Hi",
  }, {}],
  ["a refusal", { type: "response.refusal.delta", delta: "No." }, {
    carries: "output",
    content: "No.",
  }],
  ["reasoning", { type: "response.reasoning_text.delta", delta: "hm" }, {
    carries: "reasoning",
    reasoning: "hm",
  }],
  ["a summary of reasoning", { type: "response.reasoning_summary_text.delta", delta: "hm" }, {
    carries: "reasoning",
    reasoning: "hm",
  }],
  ["the name of a called function", {
    type: "response.output_item.added",
    item: { type: "function_call", name: "f", arguments: "" },
  }, { carries: "output", toolCalls: "f" }],
  ["arguments of a called function", {
    type: "response.function_call_arguments.delta",
    delta: '{"a":',
  }, { carries: "output", toolCalls: '{"a":' }],
  ["the end", { type: "response.completed", response: { status: "completed", usage: USAGE } }, {
    done: true,
    usage: READ_USAGE,
    finish: "completed",
  }],
  ["an end at the limit", {
    type: "response.incomplete",
    response: {
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: USAGE,
    },
  }, { done: true, usage: READ_USAGE, finish: "max_output_tokens" }],
  ["a failure", {
    type: "response.failed",
    response: { status: "failed", error: { code: "server_error", message: "no GPU" } },
  }, {
    done: true,
    finish: "failed",
    error: { code: 502, type: "server_error", message: "no GPU" },
  }],
  ["an error", {
    type: "error",
    code: "rate_limit_exceeded",
    message: "slow down",
    param: null,
  }, { error: { code: 502, type: "rate_limit_exceeded", message: "slow down" } }],
  ["a kind of event that is not known", { type: "response.new_thing.delta", delta: "x" }, {}],
];

testEvents(responsesEndpoint, "responses", EVENTS, true);

Deno.test("events of responses are known by their data where they have no name", () => {
  const data = JSON.stringify({ type: "error", code: 503, message: "busy" });
  assertEquals(
    responsesEndpoint.readEvent({ event: "message", data, id: "" }).error,
    { code: 503, type: "ServerError", message: "busy" },
  );
});

Deno.test("a whole response is read item by item", () => {
  const whole = {
    object: "response",
    status: "completed",
    error: null,
    incomplete_details: null,
    output: [
      { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
      { type: "message", content: [{ type: "output_text", text: "Hi", annotations: [] }] },
      { type: "function_call", name: "f", arguments: "{}", call_id: "c" },
    ],
    usage: USAGE,
  };
  const expected = answerPart({
    carries: "output",
    content: "Hi",
    reasoning: "hm",
    toolCalls: "f{}",
    usage: READ_USAGE,
    finish: "completed",
  });
  assertEquals(responsesEndpoint.readAnswer(whole), expected);
});

Deno.test("a whole response that failed is an error in the server's words", () => {
  const whole = {
    status: "failed",
    error: { code: "server_error", message: "no GPU" },
    output: [],
  };
  assertEquals(
    responsesEndpoint.readAnswer(whole).error,
    { code: 502, type: "server_error", message: "no GPU" },
  );
});
