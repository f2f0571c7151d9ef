import {
  type AnswerIdentity,
  type ApiDefaults,
  type ApiRequest,
  jsonAnswer,
  type StreamShape,
  type WholeAnswer,
} from "./api.ts";
import type { ApiError } from "./api_error.ts";
import {
  type Fields,
  MAX_OUTPUT_TOKENS,
  optionalBoolean,
  optionalCount,
  optionalObject,
  optionalString,
} from "./fields.ts";
import { textOf } from "../mock_text.ts";

/** A request for text in one of Ollama's APIs. */
export interface OllamaRequest extends ApiRequest {
  /** Whether the request itself set the length. */
  readonly limited: boolean;
}

/** What both APIs read alike; unlike others, they stream unless told not to. */
export function ollamaRequest(
  fields: Fields,
  promptTokens: number,
  defaults: ApiDefaults,
): OllamaRequest {
  const options = optionalObject(fields, "options");
  const limit = optionalCount(options, "num_predict", MAX_OUTPUT_TOKENS);
  return {
    model: optionalString(fields, "model") ?? defaults.model,
    stream: (fields["stream"] ?? null) === null || optionalBoolean(fields, "stream"),
    outputTokens: limit ?? defaults.defaultOutputTokens,
    promptTokens,
    limited: limit !== null,
  };
}

/** A whole answer, in which `piece` holds the text. */
export function ollamaWhole(
  request: OllamaRequest,
  identity: AnswerIdentity,
  piece: (text: string) => string,
): WholeAnswer {
  return jsonAnswer(lastLine(request, identity, piece(textOf(request.outputTokens))));
}

/** A stream with a JSON object on each line; `piece` is the field that a text stands in. */
export function ollamaStream(
  request: OllamaRequest,
  identity: AnswerIdentity,
  piece: (text: string) => string,
): StreamShape {
  const [head, tail] = `${envelopeOf(request, identity)}${piece("\0")},"done":false}\n`.split("\0");
  return {
    contentType: "application/x-ndjson",
    opening: [],
    tokenHead: head!,
    tokenTail: tail!,
    closing: () => [lastLine(request, identity, piece("")) + "\n"],
    failure: (error) => [ollamaError(error) + "\n"],
  };
}

/** Ollama's errors are words alone. */
export function ollamaError({ message }: ApiError): string {
  return JSON.stringify({ error: message });
}

function envelopeOf({ model }: OllamaRequest, { createdUnixS }: AnswerIdentity): string {
  const createdAt = new Date(createdUnixS * 1000).toISOString();
  return `{"model":${JSON.stringify(model)},"created_at":"${createdAt}",`;
}

function lastLine(request: OllamaRequest, identity: AnswerIdentity, piece: string): string {
  const { promptTokens, outputTokens, limited } = request;
  const usage = identity.reportUsage
    ? `,"prompt_eval_count":${promptTokens},"eval_count":${outputTokens}`
    : "";
  const reason = limited ? "length" : "stop";
  return `${envelopeOf(request, identity)}${piece},"done":true,"done_reason":"${reason}"${usage}}`;
}
