import type { HttpRequest } from "../http_request.ts";
import type { ApiError } from "./api_error.ts";

/** What the server has to know of a request, whatever its API. */
export interface ApiRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Tokens to answer with; 0 for answers that are not text. */
  readonly outputTokens: number;
  /** Words of the prompt, which stand for its tokens. */
  readonly promptTokens: number;
}

/** What a request leaves open. */
export interface ApiDefaults {
  readonly model: string;
  readonly defaultOutputTokens: number;
}

/** What distinguishes one answer from another to the same request. */
export interface AnswerIdentity {
  /** Unique in this server, in `[A-Za-z0-9-]`; an API puts its own prefix before it. */
  readonly serial: string;
  /** Seconds since 1970. */
  readonly createdUnixS: number;
  /** Whether token usage is reported at all. */
  readonly reportUsage: boolean;
}

/** An answer that is given at once. */
export interface WholeAnswer {
  readonly contentType: string;
  readonly body: string;
}

/**
 * How the answer to one request is streamed: its events as they stand in the body, each complete with
 * what separates it from the next.
 */
export interface StreamShape {
  readonly contentType: string;
  /** Events that go out at once, before any token. */
  readonly opening: readonly string[];
  /** What precedes a token's text in its event; the text needs no escapes in JSON. */
  readonly tokenHead: string;
  /** What follows a token's text in its event. */
  readonly tokenTail: string;
  /** In place of `tokenTail` where the number of tokens sent so far is part of each event. */
  tokenTailAt?(tokens: number): string;
  /** Events after the last token. */
  closing(): readonly string[];
  /** Events that report an error in place of everything else that would follow. */
  failure(error: ApiError): readonly string[];
}

/** One API that the server speaks; `R` is what it understands of a request. */
export interface MockApi<R extends ApiRequest = ApiRequest> {
  /** Where it takes POST requests. */
  readonly paths: readonly string[];
  /**
   * Reads a request to one of `paths`.
   *
   * @throws {ApiError} with status 400 if it is not what the API takes.
   */
  parse(request: HttpRequest, defaults: ApiDefaults): R;
  /** The answer as one body. */
  whole(request: R, identity: AnswerIdentity): WholeAnswer;
  /** The answer as a stream; an API without it never says that a request wants one. */
  streamed?(request: R, identity: AnswerIdentity): StreamShape;
  /** The JSON body that reports an error; OpenAI's form unless given. */
  errorBody?(error: ApiError): string;
}

/** A whole answer in JSON. */
export function jsonAnswer(body: string): WholeAnswer {
  return { contentType: "application/json", body };
}

/** One server-sent event; with a name it gets an `event` line. */
export function sseEvent(data: string, name?: string): string {
  return name === undefined ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`;
}

/** What streams of server-sent events are called. */
export const SSE_TYPE = "text/event-stream; charset=utf-8";
