import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ENDPOINT_TYPE_NAMES } from "../../../../common/model/endpoint_types.ts";
import type { Turn } from "../../../../common/model/conversation.ts";
import type { Usage } from "../../../../common/model/record.ts";
import type { EndpointPlan } from "../../../../common/model/run_config.ts";
import { chatEndpoint } from "../../../../services/worker/endpoints/chat.ts";
import { type AnswerPart, answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { bodyOf, PLAN, TURN } from "./cases.ts";
import { loadEndpoint } from "../../../../services/worker/endpoints/registry.ts";

function body(plan: Partial<EndpointPlan>, turns: Turn[] = [TURN]): unknown {
  return bodyOf(chatEndpoint, plan, turns);
}

const BASE = {
  messages: [{ role: "user", content: "hi" }],
  model: "m",
  stream: true,
  max_completion_tokens: 5,
  stream_options: { include_usage: true },
};

Deno.test("the body of a streamed turn asks for usage, whoever counts, and limits the answer", () => {
  for (const tokenCountSource of ["auto", "server", "client"] as const) {
    assertEquals(body({ tokenCountSource }), BASE);
  }
});

Deno.test("no usage is asked for without a stream, where servers give it anyway", () => {
  const { stream_options: _, ...plain } = BASE;
  assertEquals(body({ streaming: false }), { ...plain, stream: false });
});

Deno.test("the limit has its old name when asked for, and is absent when the server decides", () => {
  const { max_completion_tokens: _, ...unlimited } = BASE;
  assertEquals(body({ legacyMaxTokens: true }), { ...unlimited, max_tokens: 5 });
  assertEquals(body({}, [{ ...TURN, outputTokens: null }]), unlimited);
});

Deno.test("extra inputs come last and win", () => {
  const extraInputs = { model: "other", temperature: 0, nvext: { ignore_eos: true } };
  assertEquals(body({ extraInputs }), { ...BASE, ...extraInputs });
});

Deno.test("a limit among the extra inputs replaces ours, whatever its name", () => {
  const { max_completion_tokens: _, ...unlimited } = BASE;
  assertEquals(body({ extraInputs: { max_tokens: 7 } }), { ...unlimited, max_tokens: 7 });
  assertEquals(body({ extraInputs: { max_completion_tokens: 7 }, legacyMaxTokens: true }), {
    ...unlimited,
    max_completion_tokens: 7,
  });
});

Deno.test("extra stream options stand beside ours; the user's usage wish wins", () => {
  assertEquals(body({ extraInputs: { stream_options: { continuous_usage_stats: true } } }), {
    ...BASE,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  assertEquals(body({ extraInputs: { stream_options: { include_usage: false } } }), {
    ...BASE,
    stream_options: { include_usage: false },
  });
  assertEquals(body({ extraInputs: { stream_options: null } }), { ...BASE, stream_options: null });
});

Deno.test("usage with each chunk is asked for only of a stream, and only when wanted", () => {
  const each = { include_usage: true, continuous_usage_stats: true };
  assertEquals(body({ perChunkUsage: true }), { ...BASE, stream_options: each });
  const { stream_options: _, ...plain } = BASE;
  assertEquals(body({ perChunkUsage: true, streaming: false }), { ...plain, stream: false });
});

Deno.test("stream among the extra inputs decides how the answer is read", () => {
  const cases: [boolean, Record<string, unknown>, boolean][] = [
    [true, {}, true],
    [false, {}, false],
    [true, { stream: false }, false],
    [false, { stream: true }, true],
  ];
  for (const [streaming, extraInputs, expected] of cases) {
    const plan = { ...PLAN, streaming, extraInputs };
    assertEquals(chatEndpoint.isStreaming(plan), expected);
    const sent = body(plan) as Record<string, unknown>;
    assertEquals(sent["stream"], expected);
    assertEquals("stream_options" in sent, expected);
  }
});

Deno.test("one text is a string, several are parts, earlier turns come first", () => {
  const turns = [
    { ...TURN, role: "system", texts: ["be brief"] },
    { ...TURN, texts: ["a", "b"] },
  ];
  assertEquals((body({}, turns) as typeof BASE).messages as unknown, [
    { role: "system", content: "be brief" },
    { role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
  ]);
});

Deno.test("pictures come after the texts of their turn, as parts", () => {
  const media = {
    images: ["data:image/png;base64,AA==", "https://h/b.jpg"],
    audios: [],
    videos: [],
  };
  assertEquals((body({}, [{ ...TURN, texts: ["a"], media }]) as typeof BASE).messages as unknown, [
    {
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: media.images[0] } },
        { type: "image_url", image_url: { url: media.images[1] } },
      ],
    },
  ]);
});

Deno.test("sounds in the body have their format named; videos and sounds elsewhere go by URL", () => {
  const media = {
    images: [],
    audios: ["data:audio/x-wav;base64,AA==", "https://h/b.mp3"],
    videos: ["https://h/c.mp4"],
  };
  assertEquals((body({}, [{ ...TURN, texts: [], media }]) as typeof BASE).messages as unknown, [{
    role: "user",
    content: [
      { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
      { type: "audio_url", audio_url: { url: "https://h/b.mp3" } },
      { type: "video_url", video_url: { url: "https://h/c.mp4" } },
    ],
  }]);
});

Deno.test("a data set's own messages are sent as they are", () => {
  const messages = [
    { role: "assistant", content: null, tool_calls: [{ id: "c", function: { name: "f" } }] },
    { role: "tool", tool_call_id: "c", content: "1" },
  ];
  const turns = [TURN, { ...TURN, texts: [], messages }];
  assertEquals((body({}, turns) as typeof BASE).messages as unknown, [
    { role: "user", content: "hi" },
    ...messages,
  ]);
});

Deno.test("there is no body without a turn", () => {
  assertThrows(() => chatEndpoint.buildBody({ plan: PLAN, model: "m", turns: [] }), RangeError);
});

Deno.test("endpoints are loaded by their type, an unknown one names those that exist", async () => {
  assertEquals(await loadEndpoint("chat"), chatEndpoint);
  for (const type of ["chats", "toString"]) {
    await assertRejects(
      () => loadEndpoint(type),
      Error,
      `unknown endpoint type "${type}"; known are: ${ENDPOINT_TYPE_NAMES.join(", ")}`,
    );
  }
});

function delta(fields: Record<string, unknown>, finish: string | null = null): unknown {
  return { choices: [{ index: 0, delta: fields, finish_reason: finish }] };
}

const USAGE: Usage = {
  promptTokens: 11,
  completionTokens: 7,
  totalTokens: 18,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

const EVENTS: [string, unknown, Partial<AnswerPart>][] = [
  ["content", delta({ content: "Hi" }), { carries: "output", content: "Hi" }],
  ["content that is white space", delta({ content: "\n" }), { carries: "output", content: "\n" }],
  ["a role alone", delta({ role: "assistant" }), {}],
  ["a role with empty content", delta({ role: "assistant", content: "" }), {}],
  ["null content", delta({ content: null, reasoning_content: null, tool_calls: null }), {}],
  ["an empty delta that ends", delta({}, "stop"), { finish: "stop" }],
  ["content that ends", delta({ content: "." }, "length"), {
    carries: "output",
    content: ".",
    finish: "length",
  }],
  ["reasoning_content", delta({ reasoning_content: "hm" }), {
    carries: "reasoning",
    reasoning: "hm",
  }],
  ["reasoning", delta({ reasoning: "hm" }), { carries: "reasoning", reasoning: "hm" }],
  ["reasoning under both names", delta({ reasoning: "hm", reasoning_content: "hm" }), {
    carries: "reasoning",
    reasoning: "hm",
  }],
  ["reasoning and content at once", delta({ reasoning: "hm", content: "Hi" }), {
    carries: "output",
    reasoning: "hm",
    content: "Hi",
  }],
  [
    "the name of a called tool",
    delta({ tool_calls: [{ index: 0, id: "c1", function: { name: "f" } }] }),
    {
      carries: "output",
      toolCalls: "f",
    },
  ],
  [
    "arguments of two called tools",
    delta({ tool_calls: [{ function: { arguments: '{"a"' } }, { function: { arguments: "{}" } }] }),
    { carries: "output", toolCalls: '{"a"{}' },
  ],
  [
    "a tool call without text",
    delta({ tool_calls: [{ index: 0, function: { arguments: "" } }] }),
    {},
  ],
  ["an old function call", delta({ function_call: { name: "f", arguments: "{}" } }), {
    carries: "output",
    toolCalls: "f{}",
  }],
  ["a refusal", delta({ refusal: "No." }), { carries: "output", content: "No." }],
  [
    "several choices",
    { choices: [{ delta: { content: "a" } }, { delta: {} }, { delta: { content: "b" } }] },
    { carries: "output", content: "a", others: [{ index: 2, output: "b", reasoning: "" }] },
  ],
  ["a later choice", { choices: [{ index: 1, delta: { reasoning: "hm" } }] }, {
    carries: "reasoning",
    others: [{ index: 1, output: "", reasoning: "hm" }],
  }],
  [
    "content in parts",
    delta({
      content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }, {
        type: "text",
        text: "Hi",
      }],
    }),
    { carries: "output", content: "Hi", reasoning: "hm" },
  ],
  [
    "usage with empty choices",
    { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } },
    { usage: USAGE },
  ],
  [
    "usage with its details",
    {
      choices: [],
      usage: {
        prompt_tokens: 11,
        completion_tokens: 7,
        total_tokens: 18,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    },
    { usage: { ...USAGE, reasoningTokens: 3, cachedPromptTokens: 4 } },
  ],
  [
    "usage with null details, and what are no counts",
    { usage: { prompt_tokens: "11", completion_tokens: 7.5, prompt_tokens_details: null } },
    { usage: { ...USAGE, promptTokens: null, completionTokens: null, totalTokens: null } },
  ],
  [
    "reasoning tokens at the top of usage",
    { usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, reasoning_tokens: 2 } },
    { usage: { ...USAGE, reasoningTokens: 2 } },
  ],
  ["usage that is null", { ...(delta({ content: "a" }) as object), usage: null }, {
    carries: "output",
    content: "a",
  }],
  ["an error that is null", { ...(delta({ content: "a" }) as object), error: null }, {
    carries: "output",
    content: "a",
  }],
  ["an error with an HTTP code", { error: { message: "busy", type: "overloaded", code: 503 } }, {
    error: { code: 503, type: "overloaded", message: "busy" },
  }],
  ["an error with a code in words", { error: { message: "busy", code: "rate_limit" } }, {
    error: { code: 502, type: "ServerError", message: "busy" },
  }],
  ["an error with a code in digits", { error: { message: "busy", code: "429" } }, {
    error: { code: 429, type: "ServerError", message: "busy" },
  }],
  ["an error with a code that is no error", { error: { message: "busy", code: 200 } }, {
    error: { code: 502, type: "ServerError", message: "busy" },
  }],
  ["an error that is text", { error: "out of\nmemory" }, {
    error: { code: 502, type: "ServerError", message: "out of memory" },
  }],
  ["an error of unknown shape", { error: { x: 1 } }, {
    error: { code: 502, type: "ServerError", message: '{"x":1}' },
  }],
  ["an error object at the top", {
    object: "error",
    message: "too long",
    type: "BadRequest",
    code: 400,
  }, {
    error: { code: 400, type: "BadRequest", message: "too long" },
  }],
  ["choices that are no list", { choices: null }, {}],
  ["choices of odd things", { choices: [null, 1, { delta: 2 }, { delta: { content: 3 } }] }, {}],
];

for (const [name, payload, expected] of EVENTS) {
  Deno.test(`a chat event: ${name}`, () => {
    const data = JSON.stringify(payload);
    assertEquals(
      chatEndpoint.readEvent({ event: "message", data, id: "" }),
      answerPart(expected),
    );
  });
}

const RAW_EVENTS: [string, string, string, Partial<AnswerPart>][] = [
  ["[DONE]", "message", "[DONE]", { done: true }],
  ["[DONE] with spaces around it", "message", " [DONE] ", { done: true }],
  ["empty data", "message", "", {}],
  ["a keep-alive under another name", "ping", "pong", {}],
  ["content under another name", "chunk", JSON.stringify(delta({ content: "a" })), {
    carries: "output",
    content: "a",
  }],
  ["what is not JSON", "message", 'data {"a":', {
    error: {
      code: 502,
      type: "InvalidJSON",
      message: 'an event of the stream is not a JSON object: data {"a":',
    },
  }],
  ["JSON that is no object", "message", "[1]", {
    error: {
      code: 502,
      type: "InvalidJSON",
      message: "an event of the stream is not a JSON object: [1]",
    },
  }],
  ["an error event with an error inside", "error", '{"error":{"message":"busy","code":503}}', {
    error: { code: 503, type: "ServerError", message: "busy" },
  }],
  ["an error event that is the error", "error", '{"message":"busy","type":"overloaded"}', {
    error: { code: 502, type: "overloaded", message: "busy" },
  }],
  ["an error event with text", "error", "out of memory", {
    error: { code: 502, type: "ServerError", message: "out of memory" },
  }],
  ["an error event with nothing", "error", "", {
    error: {
      code: 502,
      type: "ServerError",
      message: "the server sent an error event without a message",
    },
  }],
];

for (const [name, event, data, expected] of RAW_EVENTS) {
  Deno.test(`a chat event: ${name}`, () => {
    assertEquals(chatEndpoint.readEvent({ event, data, id: "" }), answerPart(expected));
  });
}

Deno.test("a whole chat answer is read like a stream's deltas", () => {
  const message = {
    role: "assistant",
    content: "Hi",
    reasoning_content: "hm",
    tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
  };
  const whole = {
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  };
  assertEquals(
    chatEndpoint.readAnswer(whole),
    answerPart({
      carries: "output",
      content: "Hi",
      reasoning: "hm",
      toolCalls: "f{}",
      finish: "stop",
      usage: USAGE,
    }),
  );
});

Deno.test("a whole answer that is no object, or an error, is an error", () => {
  assertEquals(
    chatEndpoint.readAnswer([1, 2]).error?.message,
    "the answer is not a JSON object: [1,2]",
  );
  assertEquals(
    chatEndpoint.readAnswer({ error: { message: "m", type: "t", code: 404 } }).error,
    { code: 404, type: "t", message: "m" },
  );
});
