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
import type { ApiError } from "./api_error.ts";
import {
  countContent,
  invalid,
  isObject,
  MAX_OUTPUT_TOKENS,
  optionalBoolean,
  optionalCount,
  optionalString,
  parseObject,
  required,
} from "./fields.ts";

/** A request to OpenAI's Responses. */
export interface ResponsesRequest extends ApiRequest {
  /** Whether the request itself set the length; then the answer ends as incomplete. */
  readonly limited: boolean;
}

/** OpenAI's Responses. */
export const responsesApi: MockApi<ResponsesRequest> = {
  paths: ["/v1/responses"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const limit = optionalCount(fields, "max_output_tokens", MAX_OUTPUT_TOKENS);
    const instructions = optionalString(fields, "instructions");
    return {
      model: optionalString(fields, "model") ?? defaults.model,
      stream: optionalBoolean(fields, "stream"),
      outputTokens: limit ?? defaults.defaultOutputTokens,
      limited: limit !== null,
      promptTokens: countItems(required(fields, "input")) +
        countContent(instructions, "instructions"),
    };
  },
  whole: (request, identity) => jsonAnswer(JSON.stringify(endedResponse(request, identity))),
  streamed: streamShape,
};

/** The words of a text, or of a list of items of which some have content. */
function countItems(input: unknown): number {
  if (typeof input === "string") return countContent(input, "input");
  if (!Array.isArray(input) || input.length === 0) {
    throw invalid("input", "a string or a non-empty array", input);
  }
  let tokens = 0;
  for (const [i, item] of input.entries()) {
    if (!isObject(item)) throw invalid(`input[${i}]`, "an object", item);
    tokens += countContent(item["content"], `input[${i}].content`);
  }
  return tokens;
}

function streamShape(request: ResponsesRequest, identity: AnswerIdentity): StreamShape {
  const item = `"item_id":"msg-${identity.serial}","output_index":0`;
  const began = { ...responseOf(request, identity), status: "in_progress", output: [] };
  const message = messageOf(identity, "in_progress", []);
  const textType = "response.output_text.delta";
  return {
    contentType: SSE_TYPE,
    opening: [
      typedEvent("response.created", { response: began }),
      typedEvent("response.in_progress", { response: began }),
      typedEvent("response.output_item.added", { output_index: 0, item: message }),
      typedEvent("response.content_part.added", {
        item_id: message.id,
        output_index: 0,
        content_index: 0,
        part: textPart(""),
      }),
    ],
    tokenHead: `event: ${textType}\ndata: {"type":"${textType}",${item},"content_index":0,` +
      '"logprobs":[],"delta":"',
    tokenTail: '"}\n\n',
    closing() {
      const ended = endedResponse(request, identity);
      return [
        typedEvent("response.output_text.done", {
          item_id: message.id,
          output_index: 0,
          content_index: 0,
          text: textOf(request.outputTokens),
        }),
        typedEvent("response.output_item.done", { output_index: 0, item: ended.output[0] }),
        typedEvent(`response.${ended.status}`, { response: ended }),
      ];
    },
    failure: (error) => [errorEvent(error)],
  };
}

function typedEvent(type: string, fields: Record<string, unknown>): string {
  return sseEvent(JSON.stringify({ type, ...fields }), type);
}

function errorEvent({ code, type, message, param }: ApiError): string {
  return typedEvent("error", { code: code ?? type, message, param });
}

function responseOf({ model }: ResponsesRequest, { serial, createdUnixS }: AnswerIdentity) {
  return { id: `resp-${serial}`, object: "response", created_at: createdUnixS, model, error: null };
}

function endedResponse(request: ResponsesRequest, identity: AnswerIdentity) {
  const { promptTokens, outputTokens, limited } = request;
  const status = limited ? "incomplete" : "completed";
  const output = [messageOf(identity, status, [textPart(textOf(outputTokens))])];
  const incomplete = limited ? { reason: "max_output_tokens" } : null;
  const usage = {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + outputTokens,
  };
  return {
    ...responseOf(request, identity),
    status,
    incomplete_details: incomplete,
    output,
    usage: identity.reportUsage ? usage : null,
  };
}

function messageOf({ serial }: AnswerIdentity, status: string, content: unknown[]) {
  return { id: `msg-${serial}`, type: "message", status, role: "assistant", content };
}

function textPart(text: string) {
  return { type: "output_text", text, annotations: [] };
}
