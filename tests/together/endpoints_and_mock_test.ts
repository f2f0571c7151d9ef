import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ENDPOINT_TYPE_NAMES,
  endpointFacts,
  endpointPath,
  type EndpointType,
} from "../../common/model/endpoint_types.ts";
import type { Turn } from "../../common/model/conversation.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import { ApiError, errorJson } from "../../services/mock_server/apis/api_error.ts";
import type { MockApi } from "../../services/mock_server/apis/api.ts";
import { APIS_BY_PATH } from "../../services/mock_server/apis/registry.ts";
import type { HttpRequest } from "../../services/mock_server/http_request.ts";
import { textOf, wordAt } from "../../services/mock_server/mock_text.ts";
import type { RequestBody } from "../../services/worker/endpoints/endpoint.ts";
import { loadEndpoint } from "../../services/worker/endpoints/registry.ts";
import { API_DEFAULTS } from "../services/mock_server/api_requests.ts";
import { turnFor } from "../services/worker/endpoints/transcripts.ts";
import { receive } from "../services/worker/played_answer.ts";
import { JOB, PLAN } from "../services/worker/sending.ts";

const TOKENS = 7;
const IDENTITY = { serial: "1", createdUnixS: 1_700_000_000, reportUsage: true };
/** The length of a transcript is nobody's to choose, so that of the mock's text is the same. */
const DEFAULTS = { ...API_DEFAULTS, defaultOutputTokens: TOKENS };

/** Those that have a path of their own. */
const TYPES = ENDPOINT_TYPE_NAMES.filter((type) => endpointFacts(type).path !== "");

function post(
  path: string,
  body: RequestBody,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  const isText = typeof body === "string";
  const type = isText ? "application/json" : body.contentType;
  return {
    method: "POST",
    path,
    query: "",
    headers: new Map([...Object.entries(headers), ["content-type", type]]),
    body: isText ? new TextEncoder().encode(body) : body.bytes,
    keepAlive: true,
  };
}

/** The mock's API for a type, and what it understands of the worker's request. */
async function ask(type: EndpointType, streaming: boolean) {
  const endpoint = await loadEndpoint(type);
  // Pictures come in pieces only if one asks for pieces.
  const extraInputs = type === "image_generation" && streaming ? { partial_images: 3 } : {};
  const plan = { ...PLAN, type, streaming, extraInputs, tokenCountSource: "client" as const };
  const path = endpointPath(type, streaming);
  const api = APIS_BY_PATH.get(path);
  if (api === undefined) throw new Error(`the mock server has nothing at ${path}`);
  const turn: Turn = { ...turnFor(type), outputTokens: TOKENS };
  const body = endpoint.buildBody({ plan, model: "m", turns: [turn] });
  const request = api.parse(post(path, body, endpoint.headers), DEFAULTS);
  const job = { ...JOB, conversation: { ...JOB.conversation, turns: [turn] } };
  const read = (text: string, status = 200) =>
    receive({ status, statusText: "Bad", reads: [[30, text]] }, plan, { endpoint, job });
  return { api, request, read, headers: endpoint.headers };
}

function checkAnswer(type: EndpointType, record: RequestRecord, promptTokens: number): void {
  assertEquals([record.outcome, record.error], ["success", null]);
  const { promptTokens: counted = null, completionTokens = null } = record.usage ?? {};
  assert(counted === null || counted === promptTokens, `${counted} of ${promptTokens}`);
  const writesText = endpointFacts(type).writesNoText !== true;
  assertEquals(record.text, writesText ? { output: textOf(TOKENS), reasoning: "" } : null);
  assert(completionTokens === null || (writesText && completionTokens === TOKENS));
}

for (const type of TYPES) {
  Deno.test(`${type}: the mock understands what the worker sends, and the worker its whole answer`, async () => {
    const { api, request, read } = await ask(type, false);
    assertEquals(request.stream, false);
    const record = await read(api.whole(request, IDENTITY).body);
    assertEquals(record.chunksAfterNs.length, 1);
    checkAnswer(type, record, request.promptTokens);
  });

  if (endpointFacts(type).canStream) {
    Deno.test(`${type}: the worker reads the mock's stream, each token a chunk`, async () => {
      const { api, request, read } = await ask(type, true);
      const { stream, outputTokens } = request;
      const makesImages = type === "image_generation";
      assertEquals([stream, outputTokens], [true, makesImages ? 3 : TOKENS]);
      const { opening, tokenHead, tokenTail, closing } = api.streamed!(request, IDENTITY);
      const tokens = Array.from(
        { length: outputTokens },
        (_, k) => tokenHead + wordAt(k) + tokenTail,
      );
      const record = await read([...opening, ...tokens, ...closing()].join(""));
      // The finished picture comes after the partial ones.
      assertEquals(record.chunksAfterNs.length, makesImages ? outputTokens + 1 : TOKENS);
      checkAnswer(type, record, request.promptTokens);
      assertEquals(record.isOpenEnded, undefined);
    });

    Deno.test(`${type}: a stream that just stops is told from one that ended`, async () => {
      const { api, request, read } = await ask(type, true);
      const { opening, tokenHead, tokenTail } = api.streamed!(request, IDENTITY);
      const record = await read([...opening, tokenHead + wordAt(0) + tokenTail].join(""));
      const isKnown = endpointFacts(type).streamEnd !== undefined;
      assertEquals([record.outcome, record.isOpenEnded], ["success", isKnown || undefined]);
    });

    Deno.test(`${type}: a stream that the mock breaks off is an error in its words`, async () => {
      const { api, request, read } = await ask(type, true);
      const { opening, tokenHead, tokenTail, failure } = api.streamed!(request, IDENTITY);
      const events = [tokenHead + wordAt(0) + tokenTail, ...failure(new ApiError(500, "Broken"))];
      const record = await read([...opening, ...events].join(""));
      assertEquals([record.outcome, record.error?.message], ["error", "Broken"]);
      assertEquals(record.chunksAfterNs.length, 1);
    });
  }

  Deno.test(`${type}: what the mock refuses, it refuses in the API's words`, async () => {
    const { api, read, headers } = await ask(type, false);
    const { errorBody = errorJson }: MockApi = api;
    const refusal = assertThrows(
      () => api.parse(post(endpointPath(type, false), "{}", headers), DEFAULTS),
      ApiError,
    ) as ApiError;
    assertEquals(refusal.status, 400);
    const { error } = await read(errorBody(refusal), 400);
    assertEquals(error, { code: 400, type: "Bad", message: refusal.message });
  });
}
