import { assertEquals, assertThrows } from "@std/assert";
import { endpointPath } from "../../../../common/model/endpoint_types.ts";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { Usage } from "../../../../common/model/record.ts";
import { answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { huggingfaceGenerateEndpoint as tgi } from "../../../../services/worker/endpoints/huggingface_generate.ts";
import { PLAN } from "../sending.ts";
import { testTranscripts } from "./transcripts.ts";

const TURNS = [plainTurn(["a"]), plainTurn(["b", "c"], { outputTokens: 5 })];

function bodyOf(turns: Turn[], extraInputs: Record<string, unknown> = {}): unknown {
  const body = tgi.buildBody({ plan: { ...PLAN, extraInputs }, model: "m", turns });
  return JSON.parse(body as string);
}

Deno.test("TGI gets one text, and all that it lets one choose among the parameters", () => {
  const parameters = { max_new_tokens: 5, details: true };
  assertEquals(bodyOf(TURNS), { inputs: "a\nb\nc", parameters });
  assertEquals(bodyOf([plainTurn(["a"])]), { inputs: "a", parameters: { details: true } });
  assertEquals(bodyOf(TURNS, { temperature: 0.5, parameters: { details: false, top_k: 3 } }), {
    inputs: "a\nb\nc",
    parameters: { ...parameters, temperature: 0.5, details: false, top_k: 3 },
  });
  assertThrows(() => bodyOf([]), RangeError);
});

Deno.test("TGI streams from a path of its own", () => {
  assertEquals(endpointPath("huggingface_generate", false), "/generate");
  assertEquals(endpointPath("huggingface_generate", true), "/generate_stream");
  assertEquals([true, false].map((streaming) => tgi.isStreaming({ ...PLAN, streaming })), [
    true,
    false,
  ]);
});

function usage(promptTokens: number | null, completionTokens: number): Usage {
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens === null ? null : promptTokens + completionTokens,
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}

const STREAM = { plan: { streaming: true } };

testTranscripts("huggingface_generate", [
  {
    // The token that ends the text is counted by the server, and no piece of the text.
    file: "tgi_stream.txt",
    ...STREAM,
    record: {
      outcome: "success",
      streaming: true,
      chunksAfterNs: [30, 30],
      text: { output: "Deep learning", reasoning: "" },
      usage: usage(11, 3),
    },
  },
  {
    file: "tgi_stream_length.txt",
    ...STREAM,
    record: {
      outcome: "success",
      chunksAfterNs: [30, 30],
      text: { output: "Deep learning", reasoning: "" },
      usage: usage(null, 2),
    },
  },
  {
    file: "tgi_stream_error.txt",
    ...STREAM,
    record: {
      outcome: "error",
      chunksAfterNs: [30],
      error: {
        code: 502,
        type: "generation",
        message: "Request failed during generation: Server error: CUDA out of memory",
      },
    },
  },
  {
    file: "tgi_whole.json",
    record: {
      outcome: "success",
      streaming: false,
      chunksAfterNs: [30],
      text: { output: "Deep learning is a subset of", reasoning: "" },
      usage: usage(2, 6),
    },
  },
  {
    file: "tgi_whole_list.json",
    record: { outcome: "success", text: { output: "Deep learning", reasoning: "" }, usage: null },
  },
  {
    file: "tgi_validation.json",
    status: 422,
    statusText: "Unprocessable Entity",
    record: {
      outcome: "error",
      error: {
        code: 422,
        type: "Unprocessable Entity",
        message: "Input validation error: `max_new_tokens` must be strictly positive",
      },
    },
  },
  {
    // A stream that is refused with a 200 and one JSON body.
    file: "tgi_overloaded.json",
    ...STREAM,
    record: {
      outcome: "error",
      error: { code: 502, type: "overloaded", message: "Model is overloaded" },
    },
  },
]);

Deno.test("what TGI does not send is told, and a keep-alive is nothing", () => {
  const event = (data: string, name = "message") => ({ event: name, data, id: "" });
  assertEquals(tgi.readEvent(event(" ")), answerPart());
  assertEquals(tgi.readEvent(event("oops")).error?.type, "InvalidJSON");
  assertEquals(tgi.readEvent(event("", "error")).error?.type, "InvalidJSON");
  assertEquals(tgi.readAnswer([]).error?.type, "InvalidJSON");
  assertEquals(tgi.readAnswer({ details: 3 }), answerPart());
});
