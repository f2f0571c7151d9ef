import type { ErrorDetails, Usage } from "../../../common/model/record.ts";
import { cleanText, excerpt } from "../clean_text.ts";

/** The code of an answer that is broken although its HTTP status says that all is well. */
export const BROKEN_ANSWER = 502;

/** Any JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a string, else an empty one. */
export function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Reads OpenAI's `usage` object; null when it is none. Counts that are not integers are null. */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  return {
    promptTokens: count(value["prompt_tokens"]),
    completionTokens: count(value["completion_tokens"]),
    totalTokens: count(value["total_tokens"]),
    reasoningTokens: count(detail(value, "completion_tokens_details", "reasoning_tokens")) ??
      count(value["reasoning_tokens"]),
    cachedPromptTokens: count(detail(value, "prompt_tokens_details", "cached_tokens")),
  };
}

/**
 * Reads the `usage` of an API that writes no text, as far as it is about what was read.
 *
 * Servers that give `completion_tokens` all the same (of 0, or of pictures) are not quoted: no text came
 * of which they would be the length.
 */
export function readPromptUsage(value: unknown): Usage | null {
  const usage = readUsage(value);
  return usage && { ...usage, completionTokens: null, reasoningTokens: null };
}

/** The error that a JSON body or stream event reports; null when it reports none. */
export function findError(body: JsonObject): ErrorDetails | null {
  const error = body["error"];
  if (error !== undefined && error !== null && error !== false && error !== "") {
    const described = describeError(error);
    // Hugging Face's servers name the kind beside the words.
    const type = isObject(error) ? "" : cleanText(stringOf(body["error_type"]), 80);
    return type === "" ? described : { ...described, type };
  }
  return body["object"] === "error" ? describeError(body) : null;
}

/**
 * Describes the `error` of a 200 answer.
 *
 * The code is the payload's where it is an HTTP error status (400 to 599), else 502.
 */
export function describeError(error: unknown): ErrorDetails {
  const fields = isObject(error) ? error : {};
  const code = [fields["code"], fields["status"], fields["status_code"]]
    .map(Number)
    .find((status) => Number.isInteger(status) && status >= 400 && status <= 599);
  return {
    code: code ?? BROKEN_ANSWER,
    type: cleanText(errorType(fields), 80) || "ServerError",
    message: messageOf(error) ?? excerpt(JSON.stringify(error)),
  };
}

/** An error that is an event of its own has `error` as its type, and what it is as its code. */
function errorType(fields: JsonObject): string {
  const type = stringOf(fields["type"]);
  return type === "error" ? stringOf(fields["code"]) : type;
}

/** The server's own words in an error body of one of the usual shapes; null when there are none. */
export function messageOf(body: unknown): string | null {
  if (typeof body === "string") return excerpt(body) || null;
  if (!isObject(body)) return null;
  for (const key of ["error", "message", "detail", "msg", "error_message"]) {
    const value = body[key];
    const inner = Array.isArray(value) ? value[0] : value;
    const message = messageOf(inner);
    if (message !== null) return message;
  }
  return null;
}

/** What is wrong with an answer that is not the JSON it should be; `text` is the answer. */
export function notJson(what: string, text: string): ErrorDetails {
  return {
    code: BROKEN_ANSWER,
    type: "InvalidJSON",
    message: `${what} is not a JSON object: ${excerpt(text)}`,
  };
}

/** The usage of an API that gives counts but no total; there is one where both parts are known. */
export function summedUsage(
  { promptTokens, completionTokens, cachedPromptTokens = null }: {
    readonly promptTokens: number | null;
    readonly completionTokens: number | null;
    readonly cachedPromptTokens?: number | null;
  },
): Usage {
  const isKnown = promptTokens !== null && completionTokens !== null;
  return {
    promptTokens,
    completionTokens,
    totalTokens: isKnown ? promptTokens + completionTokens : null,
    reasoningTokens: null,
    cachedPromptTokens,
  };
}

/** The value if it is an integer, else null. */
export function count(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

function detail(usage: JsonObject, group: string, key: string): unknown {
  const details = usage[group];
  return isObject(details) ? details[key] : undefined;
}
