import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import type { RequestRecord, Usage } from "../../../../common/model/record.ts";
import { chatEmbeddingsEndpoint } from "../../../../services/worker/endpoints/chat_embeddings.ts";
import { embeddingsEndpoint } from "../../../../services/worker/endpoints/embeddings.ts";
import type { Endpoint } from "../../../../services/worker/endpoints/endpoint.ts";
import { nimEmbeddingsEndpoint } from "../../../../services/worker/endpoints/nim_embeddings.ts";
import { PLAN } from "../sending.ts";
import { testTranscripts } from "./transcripts.ts";

const PICTURE = "data:image/png;base64,AA==";

function bodyOf(endpoint: Endpoint, extraInputs: Record<string, unknown> = {}): unknown {
  const turns = [
    plainTurn(["earlier"]),
    plainTurn(["a", "b"], { media: { images: [PICTURE], audios: [], videos: [] } }),
  ];
  const body = endpoint.buildBody({ plan: { ...PLAN, extraInputs }, model: "m", turns });
  return JSON.parse(body as string);
}

Deno.test("embeddings are asked for each text of the turn, and nothing of a stream or a limit", () => {
  assertEquals(bodyOf(embeddingsEndpoint), { model: "m", input: ["a", "b"] });
  assertEquals(bodyOf(embeddingsEndpoint, { encoding_format: "base64", model: "n" }), {
    model: "n",
    input: ["a", "b"],
    encoding_format: "base64",
  });
});

Deno.test("NIM gets pictures among the texts, and is told that they are queries unless they are not", () => {
  const body = { model: "m", input: ["a", "b", PICTURE], input_type: "query" };
  assertEquals(bodyOf(nimEmbeddingsEndpoint), body);
  assertEquals(bodyOf(nimEmbeddingsEndpoint, { input_type: "passage", truncate: "END" }), {
    ...body,
    input_type: "passage",
    truncate: "END",
  });
});

Deno.test("embeddings of a conversation are asked for with chat's messages", () => {
  assertEquals(bodyOf(chatEmbeddingsEndpoint, { add_generation_prompt: true }), {
    model: "m",
    messages: [
      { role: "user", content: "earlier" },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
          { type: "image_url", image_url: { url: PICTURE } },
        ],
      },
    ],
    add_generation_prompt: true,
  });
});

Deno.test("no embedding is asked for without a turn, and none is ever streamed", () => {
  for (const endpoint of [embeddingsEndpoint, nimEmbeddingsEndpoint, chatEmbeddingsEndpoint]) {
    assertThrows(() => endpoint.buildBody({ plan: PLAN, model: "m", turns: [] }), RangeError);
    assertEquals(endpoint.isStreaming({ ...PLAN, streaming: true }), false);
  }
});

/** What was read, and nothing of what was written. */
function read(promptTokens: number): Usage {
  return {
    promptTokens,
    completionTokens: null,
    totalTokens: promptTokens,
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}

/** A request that was answered with something other than text. */
function answered(usage: Usage | null): Partial<RequestRecord> {
  return {
    outcome: "success",
    streaming: false,
    chunksAfterNs: [30],
    usage,
    text: null,
    error: null,
  };
}

testTranscripts("embeddings", [
  { file: "openai_embeddings.json", record: answered(read(5)) },
  { file: "vllm_embeddings_base64.json", record: answered(read(12)) },
]);

testTranscripts("chat_embeddings", [
  { file: "vllm_embeddings_base64.json", record: answered(read(12)) },
]);

testTranscripts("nim_embeddings", [
  { file: "nim_embeddings.json", record: answered(read(7)) },
  {
    file: "nim_embeddings_no_input_type.json",
    status: 400,
    statusText: "Bad Request",
    record: {
      outcome: "error",
      chunksAfterNs: [],
      httpStatus: 400,
      error: {
        code: 400,
        type: "Bad Request",
        message: "'input_type' parameter is required for asymmetric models",
      },
    },
  },
  {
    // Some gateways answer 200 all the same.
    file: "nim_embeddings_no_input_type.json",
    record: {
      outcome: "error",
      error: {
        code: 502,
        type: "invalid_request_error",
        message: "'input_type' parameter is required for asymmetric models",
      },
    },
  },
]);

Deno.test("an answer without a vector is no content, whatever else it says", () => {
  const bodies = [{}, { data: null }, { data: [] }, { data: [{ embedding: [] }] }, {
    data: [null, 3],
  }];
  for (const body of bodies) {
    assertEquals(embeddingsEndpoint.readAnswer(body).carries, "nothing", JSON.stringify(body));
  }
  assertEquals(
    embeddingsEndpoint.readAnswer([1]).error?.message,
    "the answer is not a JSON object: [1]",
  );
});
