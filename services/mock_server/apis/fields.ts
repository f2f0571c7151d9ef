import { countWords } from "../mock_text.ts";
import { ApiError } from "./api_error.ts";

/** The fields of a JSON body. */
export type Fields = Record<string, unknown>;

/** More tokens than this nobody may ask for. */
export const MAX_OUTPUT_TOKENS = 1_000_000;

const decoder = new TextDecoder();

/** Reads a body that has to be a JSON object. Throws `ApiError` if it is none. */
export function parseObject(body: Uint8Array): Fields {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, `Request body is not valid JSON: ${cause}`);
  }
  if (!isObject(value)) throw new ApiError(400, "Request body is not a JSON object");
  return value;
}

/** The words of an array of messages with roles; images and sounds weigh nothing. */
export function countMessages(messages: unknown): number {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid("messages", "a non-empty array", messages);
  }
  let tokens = 0;
  for (const [i, message] of messages.entries()) {
    const name = `messages[${i}]`;
    if (!isObject(message)) throw invalid(name, "an object", message);
    if (typeof message["role"] !== "string") {
      throw invalid(`${name}.role`, "a string", message["role"]);
    }
    tokens += countContent(message["content"], `${name}.content`);
  }
  return tokens;
}

/** The words of a text or of an array of parts, of which only text counts. */
export function countContent(content: unknown, name: string): number {
  if (content === null || content === undefined) return 0;
  if (typeof content === "string") return countWords(content);
  if (!Array.isArray(content)) throw invalid(name, "a string or an array of parts", content);
  let tokens = 0;
  for (const part of content) {
    if (!isObject(part)) throw invalid(name, "an array of objects", part);
    if (typeof part["text"] === "string") tokens += countWords(part["text"]);
  }
  return tokens;
}

/**
 * How many inputs there are, and their tokens: of a text, an array of texts, an array of token ids,
 * or an array of such arrays.
 */
export function countInput(input: unknown, name: string): { count: number; tokens: number } {
  if (typeof input === "string") return { count: 1, tokens: countWords(input) };
  if (!Array.isArray(input) || input.length === 0) {
    throw invalid(name, "a string or a non-empty array", input);
  }
  if (input.every((item) => typeof item === "number")) return { count: 1, tokens: input.length };
  let tokens = 0;
  for (const item of input) {
    if (typeof item === "string") tokens += countWords(item);
    else if (Array.isArray(item)) tokens += item.length;
    else throw invalid(name, "made of strings or token arrays", item);
  }
  return { count: input.length, tokens };
}

/** A field that must be there. */
export function required(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (value !== undefined && value !== null) return value;
  throw new ApiError(400, `Missing required parameter: '${name}'`, {
    param: name,
    code: "missing_required_parameter",
  });
}

/** A text; null if it is not there. */
export function optionalString(fields: Fields, name: string): string | null {
  const value = fields[name] ?? null;
  if (value === null || typeof value === "string") return value;
  throw invalid(name, "a string", value);
}

/** A boolean; false if it is not there. */
export function optionalBoolean(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === "boolean") return value;
  throw invalid(name, "a boolean", value);
}

/** An object; an empty one if it is not there. */
export function optionalObject(fields: Fields, name: string): Fields {
  const value = fields[name] ?? {};
  if (isObject(value)) return value;
  throw invalid(name, "an object", value);
}

/** An integer from 1 to `max`; null if it is not there. */
export function optionalCount(fields: Fields, name: string, max: number): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max) {
    return value as number;
  }
  throw invalid(name, `an integer from 1 to ${max}`, value);
}

/** Whether a JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The refusal of a value that is not `wanted`. */
export function invalid(param: string, wanted: string, value: unknown): ApiError {
  const seen = (JSON.stringify(value) ?? "nothing").slice(0, 100);
  return new ApiError(400, `Invalid value for '${param}': must be ${wanted}, got ${seen}`, {
    param,
    code: "invalid_value",
  });
}
