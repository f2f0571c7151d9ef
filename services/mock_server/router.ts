import { deriveRandom, type Random } from "../../common/runtime/random.ts";
import {
  type AnswerIdentity,
  type ApiRequest,
  jsonAnswer,
  type MockApi,
  type StreamShape,
  type WholeAnswer,
} from "./apis/api.ts";
import { ApiError, errorJson } from "./apis/api_error.ts";
import { APIS_BY_PATH } from "./apis/registry.ts";
import { CALL_PATHS, CallLog } from "./call_log.ts";
import type { HttpRequest } from "./http_request.ts";
import type { MockSettings } from "./mock_options.ts";
import { PlainReply, type Reply, type ReplyLog, type StreamFault, StreamReply } from "./reply.ts";
import { RequestLog } from "./request_log.ts";
import { plainResponse } from "./http_response.ts";
import { StreamText } from "./stream_text.ts";
import { TokenSchedule } from "./token_schedule.ts";

/** Methods of the other paths. */
const METHODS = new Map<string, readonly string[]>([
  ["/health", ["GET", "HEAD"]],
  ["/v1/models", ["GET", "HEAD"]],
  ["/mock/requests", ["GET", "HEAD", "DELETE"]],
  ["/mock/stats", ["GET", "HEAD"]],
  ["/mock/calls", ["GET", "HEAD"]],
  ...CALL_PATHS.map((path): [string, string[]] => [path, ["POST"]]),
]);

const NO_RANDOM: Random = { next: () => 0.5 };

/** One request that is to be answered with content. */
interface Exchange {
  readonly api: MockApi;
  readonly request: HttpRequest;
  readonly receivedMs: number;
  readonly logged: ReplyLog;
  readonly random: Random;
  readonly fault: StreamFault;
}

/** Turns requests into replies and keeps the log; does no I/O. */
export class Router {
  readonly log: RequestLog;
  readonly calls = new CallLog();
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
    const api = APIS_BY_PATH.get(request.path);
    if (api !== undefined && request.method === "POST") {
      return this.#answer(api, request, receivedMs);
    }
    try {
      return this.#jsonReply(request, receivedMs, this.#document(request, receivedMs));
    } catch (error) {
      return this.#refusal(request, { receivedMs, error, logged: null });
    }
  }

  #answer(api: MockApi, request: HttpRequest, receivedMs: number): Reply {
    const requestId = request.headers.get("x-request-id") ?? null;
    const entry = this.log.begin({ requestId, path: request.path, receivedMs });
    const logged = { log: this.log, entry };
    const random = this.#needsRandom
      ? deriveRandom(this.#settings.seed, `request ${entry.index}`)
      : NO_RANDOM;
    // Always three draws, so that one kind of fault does not move the others.
    const [fails, disconnects, breaks] = [random.next(), random.next(), random.next()];
    try {
      const wanted = api.parse(request, this.#settings);
      const { stream, outputTokens, promptTokens } = wanted;
      this.log.expect(entry, { stream, tokens: outputTokens, promptTokens });
      if (fails < this.#settings.errorRate) throw this.#madeUpError();
      const fault = this.#faultOf(disconnects, breaks, stream);
      return this.#generate(wanted, { api, request, receivedMs, logged, random, fault });
    } catch (error) {
      return this.#refusal(request, { receivedMs, error, logged, api });
    }
  }

  #generate(wanted: ApiRequest, exchange: Exchange): Reply {
    const { api, receivedMs, logged } = exchange;
    const identity: AnswerIdentity = {
      serial: logged.entry.index.toString(16).padStart(12, "0"),
      createdUnixS: Math.floor(receivedMs / 1000),
      reportUsage: this.#settings.reportUsage,
    };
    return wanted.stream && api.streamed !== undefined
      ? this.#streamReply(wanted.outputTokens, api.streamed(wanted, identity), exchange)
      : this.#wholeReply(wanted.outputTokens, api.whole(wanted, identity), exchange);
  }

  #streamReply(outputTokens: number, shape: StreamShape, exchange: Exchange): Reply {
    const { request: { keepAlive }, receivedMs, random, fault, logged } = exchange;
    const { chunkTokens } = this.#settings;
    return new StreamReply({
      outputTokens,
      chunkTokens,
      text: new StreamText(shape, { keepAlive, chunkTokens }),
      schedule: new TokenSchedule(this.#settings, random),
      receivedMs,
      close: !keepAlive,
      fault,
      logged,
    });
  }

  #wholeReply(outputTokens: number, body: WholeAnswer, exchange: Exchange): Reply {
    const { request: { keepAlive }, receivedMs, random, fault, logged } = exchange;
    const schedule = new TokenSchedule(this.#settings, random);
    schedule.advanceTo(Math.max(0, outputTokens - 1));
    const whole = plainResponse(200, body, { keepAlive });
    const isCut = fault === "disconnect";
    return new PlainReply({
      bytes: isCut ? whole.subarray(0, whole.length >> 1) : whole,
      status: 200,
      dueMs: receivedMs + schedule.offsetMs,
      close: !keepAlive || isCut,
      tokens: isCut ? 0 : outputTokens,
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
  #document(request: HttpRequest, receivedMs: number): string {
    const isApi = APIS_BY_PATH.has(request.path);
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
      case "/mock/calls":
        return JSON.stringify(this.calls.all());
    }
    if (request.method === "POST") {
      this.calls.note({ path: request.path, receivedMs });
      return "{}";
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
    const bytes = plainResponse(200, jsonAnswer(json), { keepAlive: request.keepAlive, headOnly });
    const close = !request.keepAlive;
    return new PlainReply({ bytes, status: 200, dueMs, close, tokens: 0, logged: null });
  }

  #refusal(
    request: HttpRequest,
    failure: { receivedMs: number; error: unknown; logged: ReplyLog | null; api?: MockApi },
  ): Reply {
    const { error, api } = failure;
    const refusal = error instanceof ApiError
      ? error
      : new ApiError(500, `The mock server failed: ${error}`);
    return refusalReply(refusal, {
      dueMs: failure.receivedMs,
      keepAlive: request.keepAlive,
      headOnly: request.method === "HEAD",
      logged: failure.logged,
      body: api?.errorBody?.(refusal) ?? errorJson(refusal),
    });
  }
}

/** How a refusal is given. */
export interface RefusalOptions {
  readonly dueMs: number;
  readonly keepAlive: boolean;
  readonly headOnly: boolean;
  readonly logged: ReplyLog | null;
  /** The JSON that reports the error. */
  readonly body: string;
}

/** A reply that reports an error at once. */
export function refusalReply(error: ApiError, options: RefusalOptions): Reply {
  const { dueMs, keepAlive, headOnly, logged, body } = options;
  const bytes = plainResponse(error.status, jsonAnswer(body), { keepAlive, headOnly });
  return new PlainReply({
    bytes,
    status: error.status,
    dueMs,
    close: !keepAlive,
    tokens: 0,
    logged,
  });
}

/** The body of `GET /v1/models`. */
function modelsJson(model: string, createdUnixS: number): string {
  const entry = { id: model, object: "model", created: createdUnixS, owned_by: "mock-server" };
  return JSON.stringify({ object: "list", data: [entry] });
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
