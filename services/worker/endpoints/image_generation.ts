import type { Usage } from "../../../common/model/record.ts";
import { wantsStream } from "./body_fields.ts";
import { type AnswerPart, answerPart, type BodyRequest, type Endpoint } from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { count, findError, isObject, type JsonObject, stringOf } from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/**
 * OpenAI's images made from a prompt, as SGLang and others offer it, too.
 *
 * How many and how large they are is for extra inputs to say (`n`, `size`, `quality`).
 */
export const imageGenerationEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: wantsStream,
  buildBody,
  readEvent: (event) => readJsonEvent(event, readImageEvent),
  readAnswer: (body) => readJsonAnswer(body, readImages),
};

/** `stream` only where it is wanted: models without it do not know the word. */
function buildBody(request: BodyRequest): string {
  const { plan, model } = request;
  return JSON.stringify({
    model,
    prompt: lastTurn(request).texts.join("\n"),
    ...(plan.streaming && { stream: true }),
    ...plan.extraInputs,
  });
}

function readImages(body: JsonObject): AnswerPart {
  const data = body["data"];
  const images = Array.isArray(data) ? data.filter(isImage).length : 0;
  return answerPart({
    carries: images > 0 ? "output" : "nothing",
    media: { images },
    usage: usageOf(body["usage"]),
    error: findError(body),
  });
}

/** A partial picture is a piece of the answer, but not yet a picture. */
function readImageEvent(body: JsonObject): AnswerPart {
  const type = stringOf(body["type"]);
  if (type === "error" || "error" in body) {
    return answerPart({ error: findError({ error: body["error"] ?? body }) });
  }
  // Some servers send a whole answer as the only event.
  if (type === "") return readImages(body);
  const isWhole = type.endsWith(".completed");
  return answerPart({
    carries: isImage(body) ? "output" : "nothing",
    media: { images: isWhole && isImage(body) ? 1 : 0 },
    usage: usageOf(body["usage"]),
  });
}

function isImage(item: unknown): boolean {
  return isObject(item) && (stringOf(item["b64_json"]) !== "" || stringOf(item["url"]) !== "");
}

/** What pictures cost in tokens is no length of a text. */
function usageOf(usage: unknown): Usage | null {
  if (!isObject(usage)) return null;
  return {
    promptTokens: count(usage["input_tokens"]),
    completionTokens: null,
    totalTokens: count(usage["total_tokens"]),
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}
