import { textOf } from "../mock_text.ts";
import {
  type AnswerIdentity,
  type ApiRequest,
  jsonAnswer,
  type MockApi,
  SSE_TYPE,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { ApiError } from "./api_error.ts";
import {
  countContent,
  countMessages,
  MAX_OUTPUT_TOKENS,
  optionalBoolean,
  optionalCount,
  optionalString,
  parseObject,
  required,
} from "./fields.ts";

/** Anthropic's Messages. */
export const messagesApi: MockApi = {
  paths: ["/v1/messages"],
  parse(request, defaults) {
    if (!request.headers.has("anthropic-version")) {
      throw new ApiError(400, "anthropic-version: header is required");
    }
    const fields = parseObject(request.body);
    required(fields, "max_tokens");
    const messages = required(fields, "messages");
    return {
      model: optionalString(fields, "model") ?? defaults.model,
      stream: optionalBoolean(fields, "stream"),
      outputTokens: optionalCount(fields, "max_tokens", MAX_OUTPUT_TOKENS) ??
        defaults.defaultOutputTokens,
      promptTokens: countContent(fields["system"], "system") + countMessages(messages),
    };
  },
  whole(request, identity) {
    const { promptTokens, outputTokens } = request;
    const content = [{ type: "text", text: textOf(outputTokens) }];
    return jsonAnswer(JSON.stringify({
      ...messageOf(request, identity),
      content,
      stop_reason: "max_tokens",
      ...(identity.reportUsage && {
        usage: { input_tokens: promptTokens, output_tokens: outputTokens },
      }),
    }));
  },
  streamed: streamShape,
  errorBody: (error) => JSON.stringify(errorOf(error)),
};

function messageOf({ model }: ApiRequest, { serial }: AnswerIdentity) {
  return { id: `msg-${serial}`, type: "message", role: "assistant", model, stop_sequence: null };
}

function streamShape(request: ApiRequest, identity: AnswerIdentity): StreamShape {
  const { promptTokens, outputTokens } = request;
  const message = {
    ...messageOf(request, identity),
    content: [],
    stop_reason: null,
    ...(identity.reportUsage && { usage: { input_tokens: promptTokens, output_tokens: 1 } }),
  };
  return {
    contentType: SSE_TYPE,
    opening: [
      typedEvent("message_start", { message }),
      typedEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      typedEvent("ping", {}),
    ],
    tokenHead: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,' +
      '"delta":{"type":"text_delta","text":"',
    tokenTail: '"}}\n\n',
    closing() {
      const delta = { stop_reason: "max_tokens", stop_sequence: null };
      const usage = identity.reportUsage ? { usage: { output_tokens: outputTokens } } : {};
      return [
        typedEvent("content_block_stop", { index: 0 }),
        typedEvent("message_delta", { delta, ...usage }),
        typedEvent("message_stop", {}),
      ];
    },
    failure: (error) => [sseEvent(JSON.stringify(errorOf(error)), "error")],
  };
}

function typedEvent(type: string, fields: Record<string, unknown>): string {
  return sseEvent(JSON.stringify({ type, ...fields }), type);
}

/** What the API calls its errors, by their status. */
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function errorOf({ status, message }: ApiError) {
  return { type: "error", error: { type: ERROR_TYPES[status] ?? "api_error", message } };
}
