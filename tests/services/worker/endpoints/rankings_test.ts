import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import type { RequestRecord, Usage } from "../../../../common/model/record.ts";
import { cohereRankingsEndpoint } from "../../../../services/worker/endpoints/cohere_rankings.ts";
import type { Endpoint } from "../../../../services/worker/endpoints/endpoint.ts";
import { hfTeiRankingsEndpoint } from "../../../../services/worker/endpoints/hf_tei_rankings.ts";
import { nimRankingsEndpoint } from "../../../../services/worker/endpoints/nim_rankings.ts";
import { PLAN } from "../sending.ts";
import { ANY_TURN, testTranscripts } from "./transcripts.ts";

const [QUERY] = ANY_TURN.texts;
const [FIRST, SECOND] = ANY_TURN.passages!;

const BODIES: [Endpoint, unknown][] = [
  [nimRankingsEndpoint, {
    model: "m",
    query: { text: QUERY },
    passages: [{ text: FIRST }, { text: SECOND }],
    truncate: "END",
  }],
  [cohereRankingsEndpoint, {
    model: "m",
    query: QUERY,
    documents: [FIRST, SECOND],
    truncate: "END",
  }],
  [hfTeiRankingsEndpoint, { query: QUERY, texts: [FIRST, SECOND], truncate: "END" }],
];

Deno.test("a ranking sends the query and its passages in the words of the API", () => {
  const plan = { ...PLAN, extraInputs: { truncate: "END" } };
  for (const [endpoint, expected] of BODIES) {
    const turns = [plainTurn(["earlier"]), ANY_TURN];
    const body = endpoint.buildBody({ plan, model: "m", turns });
    assertEquals(JSON.parse(body as string), expected);
    assertEquals(endpoint.isStreaming(plan), false);
  }
});

Deno.test("there is no ranking without a turn, a query or passages", () => {
  for (const [endpoint] of BODIES) {
    for (
      const turns of [
        [],
        [{ ...ANY_TURN, texts: [] }],
        [{ ...ANY_TURN, passages: null }],
        [{ ...ANY_TURN, passages: [] }],
      ]
    ) {
      assertThrows(() => endpoint.buildBody({ plan: PLAN, model: "m", turns }), RangeError);
    }
  }
});

function answered(tokens: Partial<Usage> | null): Partial<RequestRecord> {
  return {
    outcome: "success",
    streaming: false,
    chunksAfterNs: [30],
    usage: tokens && {
      promptTokens: null,
      completionTokens: null,
      totalTokens: null,
      reasoningTokens: null,
      cachedPromptTokens: null,
      ...tokens,
    },
    text: null,
    error: null,
  };
}

function refused(code: number, type: string, message: string): Partial<RequestRecord> {
  return { outcome: "error", chunksAfterNs: [], error: { code, type, message } };
}

testTranscripts("nim_rankings", [
  { file: "nim_rankings.json", record: answered({ promptTokens: 52, totalTokens: 52 }) },
  {
    file: "nim_rankings_too_long.json",
    status: 422,
    statusText: "Unprocessable Entity",
    record: refused(
      422,
      "Unprocessable Entity",
      "Input length 5321 exceeds maximum allowed token size 4096",
    ),
  },
]);

testTranscripts("cohere_rankings", [
  { file: "cohere_rerank.json", record: answered(null) },
  { file: "cohere_rerank_tokens.json", record: answered({ promptTokens: 61 }) },
  { file: "vllm_rerank.json", record: answered({ promptTokens: 56, totalTokens: 56 }) },
  {
    file: "cohere_rerank_rate_limit.json",
    status: 429,
    statusText: "Too Many Requests",
    record: refused(
      429,
      "Too Many Requests",
      "You are using a Trial key, which is limited to 10 API calls / minute.",
    ),
  },
]);

testTranscripts("hf_tei_rankings", [
  { file: "tei_rerank.json", record: answered(null) },
  {
    file: "tei_error.json",
    status: 413,
    statusText: "Payload Too Large",
    record: refused(
      413,
      "Payload Too Large",
      "Input validation error: `inputs` must have less than 512 tokens. Given: 843",
    ),
  },
  {
    file: "tei_overloaded.json",
    record: refused(502, "Overloaded", "Model is overloaded"),
  },
]);

Deno.test("an answer without scores is no content", () => {
  for (const [endpoint] of BODIES) {
    for (const body of [{}, [], { rankings: [], results: [] }, { rankings: 3, results: "x" }]) {
      const { carries } = endpoint.readAnswer(body);
      assertEquals(carries, "nothing", JSON.stringify(body));
    }
    assertEquals(endpoint.readAnswer("x").error?.type, "InvalidJSON");
  }
});
