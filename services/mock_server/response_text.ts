import type { ApiError, EmbeddingRequest, GenerationRequest } from "./api_request.ts";
import { textOf, wordAt } from "./mock_text.ts";

/** What distinguishes one answer from another to the same request. */
export interface ResponseIdentity {
  /** Unique in this server, in `[A-Za-z0-9-]`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdUnixS: number;
  /** Whether token usage is reported at all. */
  readonly reportUsage: boolean;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};
const ONLY_ASCII_REGEXP = /^[\0-\x7f]*$/;
const encoder = new TextEncoder();
const DONE_EVENT = httpChunk("data: [DONE]\n\n");
const LAST_CHUNK = "0\r\n\r\n";

/** How a whole answer is framed. */
export interface PlainResponseOptions {
  readonly keepAlive?: boolean;
  /** Leaves the body away but not its length, as the answer to HEAD. */
  readonly headOnly?: boolean;
  readonly headers?: readonly string[];
}

/** A whole HTTP response with a JSON body. */
export function plainResponse(
  status: number,
  json: string,
  options: PlainResponseOptions = {},
): Uint8Array<ArrayBuffer> {
  const { keepAlive = true, headOnly = false, headers = [] } = options;
  const more = headers.map((header) => `${header}\r\n`).join("");
  return encoder.encode(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\ncontent-type: application/json\r\n` +
      `content-length: ${byteLength(json)}\r\n${more}${keepAlive ? "" : "connection: close\r\n"}` +
      `\r\n${headOnly ? "" : json}`,
  );
}

/** The body that reports an error, in OpenAI's form. */
export function errorJson(error: ApiError): string {
  const { message, type, param, code } = error;
  return JSON.stringify({ error: { message, type, param, code } });
}

/** The body of `GET /v1/models`. */
export function modelsJson(model: string, createdUnixS: number): string {
  const entry = { id: model, object: "model", created: createdUnixS, owned_by: "mock-server" };
  return JSON.stringify({ object: "list", data: [entry] });
}

/** The body of an answer that is not streamed. Put together by hand: it is the hot path. */
export function generationJson(request: GenerationRequest, identity: ResponseIdentity): string {
  const isChat = request.kind === "chat";
  // The words need no escapes.
  const text = textOf(request.outputTokens);
  const content = isChat
    ? `"message":{"role":"assistant","content":"${text}"}`
    : `"text":"${text}"`;
  const usage = identity.reportUsage ? `,"usage":${usageJson(request)}` : "";
  return `{"id":"${identity.id}","object":"${isChat ? "chat.completion" : "text_completion"}",` +
    `"created":${identity.createdUnixS},"model":${JSON.stringify(request.model)},"choices":[` +
    `{"index":0,${content},"logprobs":null,"finish_reason":"${finishReason(request)}"}]${usage}}`;
}

/** The body of an answer with embeddings; every vector is the same and has length 1. */
export function embeddingJson(request: EmbeddingRequest, identity: ResponseIdentity): string {
  const { dimensions, promptTokens } = request;
  const vector = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
  const embedding = request.base64 ? base64Of(vector) : Array.from(vector);
  return JSON.stringify({
    object: "list",
    data: Array.from({ length: request.inputs }, (_, index) => {
      return { object: "embedding", index, embedding };
    }),
    model: request.model,
    ...(identity.reportUsage
      ? { usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } }
      : {}),
  });
}

/**
 * The pieces of a streamed answer, as text ready for the socket.
 *
 * Each event is an HTTP chunk of its own, as from servers that flush after each token. What is the same
 * for all tokens of an answer is put together once, so that a token costs one concatenation.
 */
export class StreamText {
  readonly #request: GenerationRequest;
  readonly #identity: ResponseIdentity;
  readonly #keepAlive: boolean;
  /** What precedes `choices` in every event. */
  readonly #envelope: string;
  /** Chunk size and start of a token's event, by the length of its word. */
  readonly #tokenHeads: string[] = [];
  readonly #tokenStart: string;
  readonly #tokenStartBytes: number;
  readonly #tokenTail: string;

  constructor(request: GenerationRequest, identity: ResponseIdentity, keepAlive = true) {
    this.#request = request;
    this.#identity = identity;
    this.#keepAlive = keepAlive;
    const object = request.kind === "chat" ? "chat.completion.chunk" : "text_completion";
    this.#envelope = `data: {"id":"${identity.id}","object":"${object}",` +
      `"created":${identity.createdUnixS},"model":${JSON.stringify(request.model)},"choices":[`;
    const isChat = request.kind === "chat";
    this.#tokenStart = this.#envelope +
      (isChat ? '{"index":0,"delta":{"content":"' : '{"index":0,"text":"');
    this.#tokenStartBytes = byteLength(this.#tokenStart);
    this.#tokenTail = (isChat ? '"}' : '"') + ',"logprobs":null,"finish_reason":null}]}\n\n\r\n';
  }

  /** Status line, headers and, for chat, the event that only names the role. */
  opening(): string {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n" +
      "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n" +
      (this.#keepAlive ? "\r\n" : "connection: close\r\n\r\n");
    if (this.#request.kind !== "chat") return head;
    return head + this.#event(
      '{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}',
    );
  }

  /** The events of tokens `from` (included) to `to` (not included). */
  tokens(from: number, to: number): string {
    let text = "";
    for (let k = from; k < to; k++) {
      const word = wordAt(k);
      text += (this.#tokenHeads[word.length] ??= this.#tokenHead(word.length)) + word +
        this.#tokenTail;
    }
    return text;
  }

  /** What follows the last token: finish reason, usage if asked for, `[DONE]`, end of the body. */
  closing(): string {
    const reason = finishReason(this.#request);
    const finish = this.#request.kind === "chat"
      ? `{"index":0,"delta":{},"logprobs":null,"finish_reason":"${reason}"}`
      : `{"index":0,"text":"","logprobs":null,"finish_reason":"${reason}"}`;
    const usage = this.#request.includeUsage && this.#identity.reportUsage
      ? this.#event("", `,"usage":${usageJson(this.#request)}`)
      : "";
    return this.#event(finish) + usage + DONE_EVENT + LAST_CHUNK;
  }

  /** An error event and the end of the body, in place of everything else that would follow. */
  failure(error: ApiError): string {
    return httpChunk(`data: ${errorJson(error)}\n\n`) + LAST_CHUNK;
  }

  #tokenHead(wordBytes: number): string {
    const size = this.#tokenStartBytes + wordBytes + this.#tokenTail.length - "\r\n".length;
    return `${size.toString(16)}\r\n${this.#tokenStart}`;
  }

  #event(choices: string, more = ""): string {
    return httpChunk(`${this.#envelope}${choices}]${more}}\n\n`);
  }
}

function usageJson(request: GenerationRequest): string {
  const { promptTokens, outputTokens } = request;
  return `{"prompt_tokens":${promptTokens},"completion_tokens":${outputTokens},` +
    `"total_tokens":${promptTokens + outputTokens}}`;
}

function finishReason(request: GenerationRequest): string {
  return request.limited ? "length" : "stop";
}

function httpChunk(text: string): string {
  return `${byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function byteLength(text: string): number {
  return ONLY_ASCII_REGEXP.test(text) ? text.length : encoder.encode(text).length;
}

function base64Of(vector: Float32Array): string {
  return btoa(Array.from(new Uint8Array(vector.buffer), (b) => String.fromCharCode(b)).join(""));
}
