import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import type { MediaCounts, RequestRecord, Usage } from "../../../../common/model/record.ts";
import { answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { imageGenerationEndpoint as images } from "../../../../services/worker/endpoints/image_generation.ts";
import { PLAN } from "../sending.ts";
import { testTranscripts } from "./transcripts.ts";

function bodyOf(streaming: boolean, extraInputs: Record<string, unknown> = {}): unknown {
  const turns = [plainTurn(["before"]), plainTurn(["a cat", "in blue"])];
  const plan = { ...PLAN, streaming, extraInputs };
  return JSON.parse(images.buildBody({ plan, model: "m", turns }) as string);
}

Deno.test("pictures are asked for by a prompt; number and size are for extra inputs to say", () => {
  const body = { model: "m", prompt: "a cat\nin blue" };
  assertEquals(bodyOf(false), body);
  assertEquals(bodyOf(true, { n: 2, size: "1024x1024", partial_images: 2 }), {
    ...body,
    stream: true,
    n: 2,
    size: "1024x1024",
    partial_images: 2,
  });
  assertThrows(() => images.buildBody({ plan: PLAN, model: "m", turns: [] }), RangeError);
});

const USAGE: Usage = {
  promptTokens: 50,
  completionTokens: null,
  totalTokens: 100,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

function made(imagesMade: number): MediaCounts {
  return { imagesSent: 0, imagesMade, audioSeconds: null };
}

function failed(code: number, type: string, message: string): Partial<RequestRecord> {
  return { outcome: "error", chunksAfterNs: [], error: { code, type, message } };
}

const STREAM = { plan: { streaming: true } };

testTranscripts("image_generation", [
  {
    file: "openai_images.json",
    record: {
      outcome: "success",
      chunksAfterNs: [30],
      media: made(2),
      usage: USAGE,
      text: null,
    },
  },
  {
    file: "dalle_images_url.json",
    record: { outcome: "success", chunksAfterNs: [30], media: made(1), usage: null },
  },
  {
    file: "openai_images_stream.txt",
    ...STREAM,
    record: {
      outcome: "success",
      streaming: true,
      chunksAfterNs: [30, 30, 30],
      media: made(1),
      usage: USAGE,
      text: null,
    },
  },
  {
    file: "openai_images_stream_error.txt",
    ...STREAM,
    record: failed(502, "image_generation_server_error", "Image generation failed"),
  },
  {
    file: "openai_images_blocked.json",
    status: 400,
    statusText: "Bad Request",
    record: failed(
      400,
      "Bad Request",
      "Your request was rejected as a result of our safety system.",
    ),
  },
  {
    file: "openai_images_blocked.json",
    record: failed(
      502,
      "invalid_request_error",
      "Your request was rejected as a result of our safety system.",
    ),
  },
]);

Deno.test("what holds no picture is no content, in an answer and in an event", () => {
  for (const body of [{}, { data: [] }, { data: [{}] }, { data: [{ b64_json: "" }] }]) {
    const { carries, media } = images.readAnswer(body);
    assertEquals([carries, media], ["nothing", { images: 0 }]);
  }
  const event = (data: unknown) =>
    images.readEvent({ event: "message", data: JSON.stringify(data), id: "" });
  assertEquals(
    event({ type: "image_generation.generating" }),
    answerPart({ media: { images: 0 } }),
  );
  assertEquals(event({ data: [{ url: "u" }] }).media, { images: 1 });
});
