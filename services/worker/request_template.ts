import { proxyOf } from "../../common/http/proxy.ts";
import { hostOf, pathOf } from "../../common/http/target.ts";
import type { Credit } from "../../common/model/credit.ts";
import { modelFor, urlIndexOf } from "../../common/model/model_choice.ts";
import type { EndpointPlan, RunSecrets } from "../../common/model/run_config.ts";
import { AIPERF_VERSION } from "../../common/version.ts";
import { endpointFacts } from "../../common/model/endpoint_types.ts";
import type { Turn } from "../../common/model/conversation.ts";
import type { BodyRequest, Endpoint, RequestBody } from "./endpoints/endpoint.ts";

/** What a request needs and what does not change from one request of a run to the next. */
export interface RequestTemplate {
  readonly endpoint: Endpoint;
  readonly plan: EndpointPlan;
  /** Whether the body asks for a stream. */
  readonly streaming: boolean;
  /** Whether a stream says at its end that it is complete. */
  readonly endsStreams: boolean;
  /** Whether the texts of a turn are in its request at all. */
  readonly sendsText: boolean;
  /** Names in lower case of the headers that may hold credentials. */
  readonly secretHeaders: ReadonlySet<string>;
  /** Where the request of a credit goes; `turn` is the one that it asks an answer to. */
  routeOf(credit: Credit, turn: Turn | undefined): Route;
  /**
   * The body of one request: `turns` is the conversation so far. Throws RangeError without a turn.
   *
   * `model`: of the route; the run's own, or the first of several, unless given.
   */
  buildBody(turns: readonly Turn[], model?: string): RequestBody;
  /** The headers of one request, with its two ids. */
  headers(requestId: string, correlationId: string, body: RequestBody): [string, string][];
  /** `text` without any credential of the run, which servers like to echo in error messages. */
  redact(text: string): string;
}

/** Where a request goes. */
export interface Route {
  readonly url: string;
  /** Which of the run's URLs it is. */
  readonly urlIndex: number;
  /** Host and port of the server, for error messages. */
  readonly host: string;
  /** The path without a query, for error messages. */
  readonly path: string;
  /** The model that the body names. */
  readonly model: string;
}

/** Headers that say what is sent, or wanted: no credentials, whatever they hold. */
const OPEN_HEADERS = new Set(["content-type", "accept"]);

/** Shorter words of a header are no credentials, and too common to be blotted out. */
const SHORTEST_SECRET = 8;

/**
 * Prepares what all requests of a run share.
 *
 * Throws an `Error` that names the header, never its value, when a header of the user cannot be
 * sent, and a `TypeError` when the URL is not one.
 */
export function createRequestTemplate(
  endpoint: Endpoint,
  plan: EndpointPlan,
  secrets: RunSecrets,
): RequestTemplate {
  const streaming = endpoint.isStreaming(plan);
  const fixed = fixedHeaders({ endpoint, streaming, secrets });
  const byUser = new Set(Object.keys(secrets.headers).map((name) => name.toLowerCase()));
  const namesSession = byUser.has(plan.sessionHeader.toLowerCase());
  const hidden = secretWords(secrets);
  const targets = plan.urls.map((url, urlIndex) => (
    { url, urlIndex, host: hostOf(url), path: pathOf(url) }
  ));
  const { streamEnd, sendsNoText = false } = endpointFacts(plan.type);
  return {
    endpoint,
    plan,
    streaming,
    endsStreams: streaming && streamEnd !== undefined,
    sendsText: !sendsNoText,
    secretHeaders: secretHeaders(endpoint, secrets),
    routeOf: (credit, turn) => ({
      ...targets[urlIndexOf(credit, targets.length)]!,
      model: modelOf(plan, credit, turn),
    }),
    buildBody: (turns, model = plan.model) => bodyOf(endpoint, { plan, model, turns }),
    headers: (requestId, correlationId, body) => {
      const contentType = typeof body === "string" ? "application/json" : body.contentType;
      const headers: [string, string][] = [...fixed];
      if (!byUser.has("content-type")) headers.push(["Content-Type", contentType]);
      if (!byUser.has("x-request-id")) headers.push(["X-Request-ID", requestId]);
      if (!namesSession) headers.push([plan.sessionHeader, correlationId]);
      return headers;
    },
    redact: (text) => hidden.reduce((line, word) => line.replaceAll(word, "[redacted]"), text),
  };
}

/** What the body will name: extra inputs are merged last, and the data set knows its turns best. */
function modelOf(plan: EndpointPlan, credit: Credit, turn: Turn | undefined): string {
  const extra = turn?.extra?.["model"] ?? plan.extraInputs["model"];
  if (typeof extra === "string") return extra;
  const { modelChoice, model, urls } = plan;
  return turn?.model ?? (modelChoice === null ? model : modelFor(modelChoice, credit, urls.length));
}

/** The turn's own body, or one that is built from the turns; what the turn asks for wins. */
function bodyOf(endpoint: Endpoint, { plan, model, turns }: BodyRequest): RequestBody {
  const turn = turns.at(-1);
  if (turn === undefined) throw new RangeError("a request needs at least one turn");
  if (turn.body !== null) return turn.body;
  return endpoint.buildBody({
    plan: turn.extra === null ? plan : withExtra(plan, turn.extra),
    model: turn.model ?? model,
    turns,
  });
}

function withExtra(plan: EndpointPlan, extra: Record<string, unknown>): EndpointPlan {
  return { ...plan, extraInputs: { ...plan.extraInputs, ...extra } };
}

interface FixedHeadersOptions {
  endpoint: Endpoint;
  streaming: boolean;
  secrets: RunSecrets;
}

/** User headers win over ours, whatever their case. */
function fixedHeaders({ endpoint, streaming, secrets }: FixedHeadersOptions): [string, string][] {
  const headers = new Map<string, [string, string]>();
  const set = (name: string, value: string) => headers.set(name.toLowerCase(), [name, value]);
  set("User-Agent", `aiperf/${AIPERF_VERSION}`);
  // A compressing server would hold back chunks, and unpacking them would be our time, not its.
  set("Accept-Encoding", "identity");
  for (const [name, value] of Object.entries(endpoint.headers ?? {})) set(name, value);
  set("Accept", streaming ? STREAM_TYPES[endpoint.framing] : "application/json");
  if (secrets.apiKey !== null) set(...keyHeader(endpoint, secrets.apiKey));
  for (const [name, value] of Object.entries(secrets.headers)) set(name, value);
  for (const [name, value] of headers.values()) checkHeader(name, value);
  return [...headers.values()];
}

/** What a stream is called by those who offer it. */
const STREAM_TYPES = {
  sse: "text/event-stream",
  lines: "application/x-ndjson",
  either: "text/event-stream, application/x-ndjson",
} as const;

function keyHeader(endpoint: Endpoint, apiKey: string): readonly [string, string] {
  return endpoint.keyHeader?.(apiKey) ?? ["Authorization", `Bearer ${apiKey}`];
}

function secretHeaders(endpoint: Endpoint, secrets: RunSecrets): ReadonlySet<string> {
  const names = [...confidential(secrets).map(([name]) => name), keyHeader(endpoint, "")[0]];
  return new Set(names.map((name) => name.toLowerCase()));
}

function confidential({ headers }: RunSecrets): [string, string][] {
  return Object.entries(headers).filter(([name]) => !OPEN_HEADERS.has(name.toLowerCase()));
}

function checkHeader(name: string, value: string): void {
  try {
    new Headers([[name, value]]);
  } catch {
    // The cause would show the value.
    throw new Error(`the header ${JSON.stringify(name)} cannot be sent: bad name or value`);
  }
}

/** The password of a proxy, and what it travels as. */
function proxyWords({ href, password }: URL): string[] {
  const word = decodeURIComponent(password);
  const { authorization } = proxyOf(href);
  return authorization === null ? [word] : [word, authorization.replace("Basic ", "")];
}

/** Longest first, so that a secret which contains another is replaced whole. */
function secretWords(secrets: RunSecrets): string[] {
  const values = confidential(secrets).flatMap(([, value]) => [value, ...value.split(/\s+/)]);
  const words = values.filter((word) => word.length >= SHORTEST_SECRET);
  if (secrets.apiKey) words.push(secrets.apiKey);
  const proxy = URL.parse(secrets.connections?.proxy ?? "");
  if (proxy !== null && proxy.password !== "") words.push(...proxyWords(proxy));
  return [...new Set(words)].sort((a, b) => b.length - a.length);
}
