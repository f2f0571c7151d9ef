import { deriveRandom, type Random } from "../../common/runtime/random.ts";
import { ApiError, type ApiRequest, parseApiRequest } from "./api_request.ts";
import type { HttpRequest } from "./http_request.ts";
import type { MockSettings } from "./mock_options.ts";
import { PlainReply, type Reply, type ReplyLog, type StreamFault, StreamReply } from "./reply.ts";
import { RequestLog } from "./request_log.ts";
import {
  embeddingJson,
  errorJson,
  generationJson,
  modelsJson,
  plainResponse,
  type ResponseIdentity,
  StreamText,
} from "./response_text.ts";
import { TokenSchedule } from "./token_schedule.ts";

/** Model endpoints by path. */
const API_KINDS: ReadonlyMap<string, ApiRequest["kind"]> = new Map([
  ["/v1/chat/completions", "chat"],
  ["/v1/completions", "completion"],
  ["/v1/embeddings", "embedding"],
]);

/** Methods of the other paths. */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ["/health", ["GET", "HEAD"]],
  ["/v1/models", ["GET", "HEAD"]],
  ["/mock/requests", ["GET", "HEAD", "DELETE"]],
  ["/mock/stats", ["GET", "HEAD"]],
]);

const NO_RANDOM: Random = { next: () => 0.5 };

/** Turns requests into replies and keeps the log; does no I/O. */
export class Router {
  readonly log: RequestLog;
  readonly #settings: MockSettings;
  readonly #startedUnixS: number;
  readonly #needsRandom: boolean;

  constructor(settings: MockSettings, startedMs: number) {
    this.#settings = settings;
    this.#startedUnixS = Math.floor(startedMs / 1000);
    this.log = new RequestLog({
      maxRequests: settings.logRequests,
      maxTokens: settings.logTokens,
    });
    const { jitter, errorRate, disconnectRate, streamErrorRate } = settings;
    this.#needsRandom = jitter + errorRate + disconnectRate + streamErrorRate > 0;
  }

  /** The reply to a request that was complete at `receivedMs`. */
  route(request: HttpRequest, receivedMs: number): Reply {
    const kind = API_KINDS.get(request.path);
    if (kind !== undefined && request.method === "POST") {
      return this.#answer(kind, request, receivedMs);
    }
    try {
      return this.#jsonReply(request, receivedMs, this.#document(request));
    } catch (error) {
      return this.#refusal(request, { receivedMs, error, logged: null });
    }
  }

  #answer(kind: ApiRequest["kind"], request: HttpRequest, receivedMs: number): Reply {
    const requestId = request.headers.get("x-request-id") ?? null;
    const entry = this.log.begin({ requestId, path: request.path, receivedMs });
    const logged = { log: this.log, entry };
    const random = this.#needsRandom
      ? deriveRandom(this.#settings.seed, `request ${entry.index}`)
      : NO_RANDOM;
    // Always three draws, so that one kind of fault does not move the others.
    const [fails, disconnects, breaks] = [random.next(), random.next(), random.next()];
    try {
      const wanted = parseApiRequest(kind, request.body, this.#settings);
      const isStream = wanted.kind !== "embedding" && wanted.stream;
      const tokens = wanted.kind === "embedding" ? 0 : wanted.outputTokens;
      const promptTokens = wanted.promptTokens;
      this.log.expect(entry, { stream: isStream, tokens, promptTokens });
      if (fails < this.#settings.errorRate) throw this.#madeUpError();
      const fault = this.#faultOf(disconnects, breaks, isStream);
      return this.#generate(wanted, { request, receivedMs, logged, random, fault });
    } catch (error) {
      return this.#refusal(request, { receivedMs, error, logged });
    }
  }

  #generate(
    wanted: ApiRequest,
    context: {
      request: HttpRequest;
      receivedMs: number;
      logged: ReplyLog;
      random: Random;
      fault: StreamFault;
    },
  ): Reply {
    const { request, receivedMs, logged, random, fault } = context;
    const prefix = wanted.kind === "chat" ? "chatcmpl" : "cmpl";
    const identity: ResponseIdentity = {
      id: `${prefix}-${logged.entry.index.toString(16).padStart(12, "0")}`,
      createdUnixS: Math.floor(receivedMs / 1000),
      reportUsage: this.#settings.reportUsage,
    };
    const schedule = new TokenSchedule(this.#settings, random);
    const close = !request.keepAlive;
    if (wanted.kind !== "embedding" && wanted.stream) {
      const text = new StreamText(wanted, identity, request.keepAlive);
      return new StreamReply({ request: wanted, text, schedule, receivedMs, close, fault, logged });
    }
    const tokens = wanted.kind === "embedding" ? 0 : wanted.outputTokens;
    schedule.advanceTo(Math.max(0, tokens - 1));
    const json = wanted.kind === "embedding"
      ? embeddingJson(wanted, identity)
      : generationJson(wanted, identity);
    const whole = plainResponse(200, json, { keepAlive: request.keepAlive });
    const isCut = fault === "disconnect";
    return new PlainReply({
      bytes: isCut ? whole.subarray(0, whole.length >> 1) : whole,
      status: 200,
      dueMs: receivedMs + schedule.offsetMs,
      close: close || isCut,
      tokens: isCut ? 0 : tokens,
      isCut,
      logged,
    });
  }

  #faultOf(disconnects: number, breaks: number, isStream: boolean): StreamFault {
    if (disconnects < this.#settings.disconnectRate) return "disconnect";
    return isStream && breaks < this.#settings.streamErrorRate ? "error-event" : "none";
  }

  #madeUpError(): ApiError {
    const status = this.#settings.errorStatus;
    return new ApiError(status, `The mock server answers ${status} on purpose`, {
      type: status === 429
        ? "rate_limit_error"
        : status < 500
        ? "invalid_request_error"
        : "server_error",
      code: "mock_error",
    });
  }

  /** The JSON of a path that is not a model endpoint. */
  #document(request: HttpRequest): string {
    const isApi = API_KINDS.has(request.path);
    const methods = isApi ? ["POST"] : METHODS.get(request.path);
    if (methods === undefined) {
      throw new ApiError(404, `Unknown path: ${request.path}`, { code: "unknown_url" });
    }
    if (!methods.includes(request.method)) {
      const message = `${request.path} does not take ${request.method}, only ${methods.join(", ")}`;
      throw new ApiError(405, message, { code: "method_not_allowed" });
    }
    switch (request.path) {
      case "/health":
        return '{"status":"ok"}';
      case "/v1/models":
        return modelsJson(this.#settings.model, this.#startedUnixS);
      case "/mock/stats":
        return JSON.stringify(this.log.stats());
    }
    if (request.method === "DELETE") {
      this.log.clear();
      return JSON.stringify(this.log.stats());
    }
    const query = new URLSearchParams(request.query);
    return JSON.stringify(
      this.log.page(countOf(query, "from") ?? 0, countOf(query, "limit") ?? Infinity),
    );
  }

  #jsonReply(request: HttpRequest, dueMs: number, json: string): Reply {
    const headOnly = request.method === "HEAD";
    const bytes = plainResponse(200, json, { keepAlive: request.keepAlive, headOnly });
    const close = !request.keepAlive;
    return new PlainReply({ bytes, status: 200, dueMs, close, tokens: 0, logged: null });
  }

  #refusal(
    request: HttpRequest,
    failure: { receivedMs: number; error: unknown; logged: ReplyLog | null },
  ): Reply {
    const { error } = failure;
    const refusal = error instanceof ApiError
      ? error
      : new ApiError(500, `The mock server failed: ${error}`);
    return refusalReply(refusal, {
      dueMs: failure.receivedMs,
      keepAlive: request.keepAlive,
      headOnly: request.method === "HEAD",
      logged: failure.logged,
    });
  }
}

/** A reply that reports an error at once. */
export function refusalReply(
  error: ApiError,
  options: { dueMs: number; keepAlive: boolean; headOnly: boolean; logged: ReplyLog | null },
): Reply {
  const { dueMs, keepAlive, headOnly, logged } = options;
  const bytes = plainResponse(error.status, errorJson(error), { keepAlive, headOnly });
  return new PlainReply({
    bytes,
    status: error.status,
    dueMs,
    close: !keepAlive,
    tokens: 0,
    logged,
  });
}

function countOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ApiError(400, `Invalid value for '${name}': must be a whole number, got "${text}"`, {
    param: name,
    code: "invalid_value",
  });
}
