import type { ApiDefaults, ApiRequest } from "./api.ts";
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
