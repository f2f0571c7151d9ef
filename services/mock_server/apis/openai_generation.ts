import {
  type AnswerIdentity,
  type ApiDefaults,
  type ApiRequest,
  SSE_TYPE,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { errorJson } from "./api_error.ts";
import {
  type Fields,
  MAX_OUTPUT_TOKENS,
  optionalBoolean,
  optionalCount,
  optionalObject,
  optionalString,
} from "./fields.ts";

/** A request for text in one of OpenAI's two older APIs. */
export interface GenerationRequest extends ApiRequest {
  /** Whether a stream ends with a usage event. */
  readonly includeUsage: boolean;
  /** Whether each event of a stream has the usage so far. */
  readonly continuousUsage: boolean;
  /** Whether the request itself set the length; decides `finish_reason`. */
  readonly limited: boolean;
}

/** What both APIs read alike. */
export function generationRequest(
  fields: Fields,
  promptTokens: number,
  defaults: ApiDefaults,
): GenerationRequest {
  // The newer name wins, as on real servers.
  const limit = optionalCount(fields, "max_completion_tokens", MAX_OUTPUT_TOKENS) ??
    optionalCount(fields, "max_tokens", MAX_OUTPUT_TOKENS);
  const stream = optionalBoolean(fields, "stream");
  const streamOptions = optionalObject(fields, "stream_options");
  return {
    model: optionalString(fields, "model") ?? defaults.model,
    stream,
    includeUsage: optionalBoolean(streamOptions, "include_usage"),
    continuousUsage: optionalBoolean(streamOptions, "continuous_usage_stats"),
    outputTokens: limit ?? defaults.defaultOutputTokens,
    limited: limit !== null,
    promptTokens,
  };
}

/** OpenAI's `usage` object; so far, where not all is sent. */
export function usageJson(
  { promptTokens, outputTokens: all }: ApiRequest,
  outputTokens = all,
): string {
  return `{"prompt_tokens":${promptTokens},"completion_tokens":${outputTokens},` +
    `"total_tokens":${promptTokens + outputTokens}}`;
}

/** Why the answer ended. */
export function finishReason(request: GenerationRequest): string {
  return request.limited ? "length" : "stop";
}

/** In what the streams of the two APIs differ. */
export interface ChoiceStream {
  /** What precedes the choices in every event. */
  readonly envelope: string;
  /** Events that go out at once, before any token. */
  readonly opening: readonly string[];
  /** What precedes a token's text in its choice, and what follows it. */
  readonly choiceHead: string;
  readonly choiceTail: string;
  /** The event that says why the answer ended. */
  readonly last: string;
}

/** A stream of choices, with the usage where it is wanted, as both APIs send it. */
export function choiceStream(
  request: GenerationRequest,
  { reportUsage }: AnswerIdentity,
  { envelope, opening, choiceHead, choiceTail, last }: ChoiceStream,
): StreamShape {
  const tellsUsage = request.includeUsage && reportUsage;
  return {
    contentType: SSE_TYPE,
    opening,
    tokenHead: `data: ${envelope}${choiceHead}`,
    tokenTail: `${choiceTail}]}\n\n`,
    ...(tellsUsage && request.continuousUsage && {
      tokenTailAt: (tokens: number) => `${choiceTail}],"usage":${usageJson(request, tokens)}}\n\n`,
    }),
    closing: () => [
      last,
      ...(tellsUsage ? [sseEvent(`${envelope}],"usage":${usageJson(request)}}`)] : []),
      sseEvent("[DONE]"),
    ],
    failure: (error) => [sseEvent(errorJson(error))],
  };
}
