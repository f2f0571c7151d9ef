import { assertEquals, assertThrows } from "@std/assert";
import type { ApiRequest, MockApi } from "../../../../services/mock_server/apis/api.ts";
import { ApiError } from "../../../../services/mock_server/apis/api_error.ts";
import { messagesApi } from "../../../../services/mock_server/apis/messages.ts";
import { responsesApi } from "../../../../services/mock_server/apis/responses.ts";
import { API_DEFAULTS, apiPost } from "../api_requests.ts";

const IDENTITY = { serial: "1", createdUnixS: 1_700_000_000, reportUsage: true };
const VERSION = { headers: { "anthropic-version": "2023-06-01" } };

/** The parsed events of a stream of two tokens; each has its type as its name. */
function eventsOf<R extends ApiRequest>(api: MockApi<R>, request: R, identity = IDENTITY) {
  const { opening, tokenHead, tokenTail, closing } = api.streamed!(request, identity);
  const tokens = [" a", " b"].map((text) => tokenHead + text + tokenTail);
  return [...opening, ...tokens, ...closing()].map(parsedEvent);
}

function parsedEvent(text: string) {
  const [, name, data] = /^event: (.+)\ndata: (.+)\n\n$/.exec(text)!;
  const event = JSON.parse(data!);
  assertEquals(event.type, name);
  return event;
}

Deno.test("a streamed response of the mock: typed events around its deltas, usage at the end", () => {
  const body = { input: [{ role: "user", content: "a b" }], stream: true, max_output_tokens: 2 };
  const request = responsesApi.parse(apiPost(body), API_DEFAULTS);
  const events = eventsOf(responsesApi, request);
  assertEquals(events.map(({ type }) => type.slice("response.".length)), [
    "created",
    "in_progress",
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.delta",
    "output_text.done",
    "output_item.done",
    "incomplete",
  ]);
  assertEquals(events.slice(4, 6).map(({ delta }) => delta), [" a", " b"]);
  const { usage, incomplete_details: incomplete } = events.at(-1).response;
  assertEquals([usage.input_tokens, usage.output_tokens, usage.total_tokens], [2, 2, 4]);
  assertEquals(incomplete, { reason: "max_output_tokens" });
});

Deno.test("a whole response of the mock has its text in a message", () => {
  const request = responsesApi.parse(apiPost({ input: "a b c" }), API_DEFAULTS);
  assertEquals([request.promptTokens, request.stream, request.limited], [3, false, false]);
  const whole = { ...request, outputTokens: 2 };
  const body = JSON.parse(responsesApi.whole(whole, IDENTITY).body);
  assertEquals(body.output[0].content[0].text, " the quick");
  assertEquals([body.status, body.usage.output_tokens], ["completed", 2]);
  const silent = responsesApi.whole(whole, { ...IDENTITY, reportUsage: false });
  assertEquals(JSON.parse(silent.body).usage, null);
});

Deno.test("a streamed message of the mock: usage of the prompt first, of the answer last", () => {
  const messages = [{ role: "user", content: "a b" }];
  const body = { messages, system: "be brief", stream: true, max_tokens: 2 };
  const request = messagesApi.parse(apiPost(body, VERSION), API_DEFAULTS);
  const events = eventsOf(messagesApi, request);
  assertEquals(events.map(({ type }) => type), [
    "message_start",
    "content_block_start",
    "ping",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  assertEquals(events[0].message.usage.input_tokens, 4);
  assertEquals(events[3].delta, { type: "text_delta", text: " a" });
  assertEquals(events[6], {
    type: "message_delta",
    delta: { stop_reason: "max_tokens", stop_sequence: null },
    usage: { output_tokens: 2 },
  });
  const silent = eventsOf(messagesApi, request, { ...IDENTITY, reportUsage: false });
  assertEquals([silent[0].message.usage, silent[6].usage], [undefined, undefined]);
});

Deno.test("the mock's messages want what the API wants, and refuse in its words", () => {
  const ok = { messages: [{ role: "user", content: "a" }], max_tokens: 2 };
  const cases: [unknown, Record<string, string>, string][] = [
    [ok, {}, "anthropic-version: header is required"],
    [{ ...ok, max_tokens: undefined }, VERSION.headers, "max_tokens"],
    [{ ...ok, messages: [] }, VERSION.headers, "messages"],
  ];
  for (const [body, headers, message] of cases) {
    const request = apiPost(body, { headers });
    assertThrows(() => messagesApi.parse(request, API_DEFAULTS), ApiError, message);
  }
  assertEquals(JSON.parse(messagesApi.errorBody!(new ApiError(529, "Overloaded"))), {
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  });
});

Deno.test("streams of typed events break off with an error event of their API", () => {
  const error = new ApiError(500, "Broken");
  const response = responsesApi.parse(apiPost({ input: "a" }), API_DEFAULTS);
  const [failed] = responsesApi.streamed!(response, IDENTITY).failure(error).map(parsedEvent);
  assertEquals(failed, { type: "error", code: "server_error", message: "Broken", param: null });
  const body = { messages: [{ role: "user", content: "a" }], max_tokens: 2 };
  const message = messagesApi.parse(apiPost(body, VERSION), API_DEFAULTS);
  const [broken] = messagesApi.streamed!(message, IDENTITY).failure(error).map(parsedEvent);
  assertEquals(broken, { type: "error", error: { type: "api_error", message: "Broken" } });
});
