import { countWords } from "./mock_text.ts";

/** A request for generated text. */
export interface GenerationRequest {
  readonly kind: "chat" | "completion";
  readonly model: string;
  readonly stream: boolean;
  /** Whether a stream ends with a usage event. */
  readonly includeUsage: boolean;
  readonly outputTokens: number;
  /** Whether the request itself set the length; decides `finish_reason`. */
  readonly limited: boolean;
  /** Words of the prompt, which stand for its tokens. */
  readonly promptTokens: number;
}

/** A request for embedding vectors. */
export interface EmbeddingRequest {
  readonly kind: "embedding";
  readonly model: string;
  readonly inputs: number;
  readonly dimensions: number;
  /** Whether vectors are wanted as base64 of little-endian 32-bit floats. */
  readonly base64: boolean;
  readonly promptTokens: number;
}

/** What a client asked the model for. */
export type ApiRequest = GenerationRequest | EmbeddingRequest;

/** What a request leaves open. */
export interface ApiDefaults {
  readonly model: string;
  readonly defaultOutputTokens: number;
}

/** A refusal in the form that OpenAI's API gives it. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;

  constructor(
    status: number,
    message: string,
    details: { type?: string; param?: string | null; code?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.type = details.type ?? (status >= 500 ? "server_error" : "invalid_request_error");
    this.param = details.param ?? null;
    this.code = details.code ?? null;
  }
}

const MAX_OUTPUT_TOKENS = 1_000_000;
const MAX_DIMENSIONS = 8192;
const DEFAULT_DIMENSIONS = 16;
const decoder = new TextDecoder();

type Fields = Record<string, unknown>;

/**
 * Reads the body of a request to one of the three model endpoints.
 *
 * @throws {ApiError} with status 400 if the body is not what the endpoint takes.
 */
export function parseApiRequest(
  kind: ApiRequest["kind"],
  body: Uint8Array,
  defaults: ApiDefaults,
): ApiRequest {
  const fields = parseObject(body);
  const model = optionalString(fields, "model") ?? defaults.model;
  if (kind === "embedding") return embeddingRequest(fields, model);
  const promptTokens = kind === "chat"
    ? countMessages(required(fields, "messages"))
    : countInput(required(fields, "prompt"), "prompt").tokens;
  const limit = outputLimit(fields);
  const stream = optionalBoolean(fields, "stream");
  const streamOptions = fields["stream_options"] ?? {};
  if (!isObject(streamOptions)) throw invalid("stream_options", "an object", streamOptions);
  return {
    kind,
    model,
    stream,
    includeUsage: optionalBoolean(streamOptions, "include_usage"),
    outputTokens: limit ?? defaults.defaultOutputTokens,
    limited: limit !== null,
    promptTokens,
  };
}

function parseObject(body: Uint8Array): Fields {
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

function embeddingRequest(fields: Fields, model: string): EmbeddingRequest {
  const input = countInput(required(fields, "input"), "input");
  const format = optionalString(fields, "encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") {
    throw invalid("encoding_format", '"float" or "base64"', format);
  }
  return {
    kind: "embedding",
    model,
    inputs: input.count,
    dimensions: optionalCount(fields, "dimensions", MAX_DIMENSIONS) ?? DEFAULT_DIMENSIONS,
    base64: format === "base64",
    promptTokens: input.tokens,
  };
}

/** The newer name wins, as on real servers. */
function outputLimit(fields: Fields): number | null {
  return optionalCount(fields, "max_completion_tokens", MAX_OUTPUT_TOKENS) ??
    optionalCount(fields, "max_tokens", MAX_OUTPUT_TOKENS);
}

function countMessages(messages: unknown): number {
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

/** Only text counts; images and sounds are accepted and weigh nothing. */
function countContent(content: unknown, name: string): number {
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

/** A text, an array of texts, an array of token ids, or an array of such arrays. */
function countInput(input: unknown, name: string): { count: number; tokens: number } {
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

function required(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (value !== undefined && value !== null) return value;
  throw new ApiError(400, `Missing required parameter: '${name}'`, {
    param: name,
    code: "missing_required_parameter",
  });
}

function optionalString(fields: Fields, name: string): string | null {
  const value = fields[name] ?? null;
  if (value === null || typeof value === "string") return value;
  throw invalid(name, "a string", value);
}

function optionalBoolean(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === "boolean") return value;
  throw invalid(name, "a boolean", value);
}

function optionalCount(fields: Fields, name: string, max: number): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max) {
    return value as number;
  }
  throw invalid(name, `an integer from 1 to ${max}`, value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(param: string, wanted: string, value: unknown): ApiError {
  const seen = (JSON.stringify(value) ?? "nothing").slice(0, 100);
  return new ApiError(400, `Invalid value for '${param}': must be ${wanted}, got ${seen}`, {
    param,
    code: "invalid_value",
  });
}
