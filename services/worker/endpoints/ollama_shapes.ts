import type { Turn } from "../../../common/model/conversation.ts";
import type { Usage } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { parseJson } from "../parse_json.ts";
import type { SseEvent } from "../sse.ts";
import { type AnswerPart, answerPart } from "./endpoint.ts";
import {
  count,
  findError,
  isObject,
  type JsonObject,
  notJson,
  stringOf,
  summedUsage,
} from "./openai_shapes.ts";

const DATA_URI_REGEXP = /^data:[^,]*;base64,/i;

/** Whether Ollama is asked for a stream, which it gives unless told not to. */
export function isStreaming(plan: EndpointPlan): boolean {
  const stream = plan.extraInputs["stream"];
  return typeof stream === "boolean" ? stream : plan.streaming;
}

/**
 * Puts what is the same in all bodies around `content`: model, stream, the limit of the answer, and
 * the extra inputs, whose `options` stand beside ours.
 */
export function bodyWith(
  content: JsonObject,
  { plan, model, turn }: { plan: EndpointPlan; model: string; turn: Turn },
): string {
  const { options: given, ...extra } = plan.extraInputs;
  const limit = turn.outputTokens === null ? {} : { num_predict: turn.outputTokens };
  const options = isObject(given) ? { ...limit, ...given } : limit;
  return JSON.stringify({
    model,
    ...content,
    stream: plan.streaming,
    ...extra,
    ...(Object.keys(options).length > 0 && { options }),
  });
}

/**
 * The pictures of a turn as Ollama takes them: base64 without a data URI's head.
 *
 * Throws `RangeError` for a picture that is a URL, which Ollama does not fetch.
 */
export function picturesOf(turn: Turn): { images?: string[] } {
  const images = turn.media?.images ?? [];
  if (images.length === 0) return {};
  return {
    images: images.map((image) => {
      if (DATA_URI_REGEXP.test(image)) return image.slice(image.indexOf(",") + 1);
      throw new RangeError(
        "Ollama takes pictures as base64 data URIs, and fetches none by their URL",
      );
    }),
  };
}

/** Reads one line of a stream, `said` being what the API calls its piece of the answer. */
export function readLine({ data }: SseEvent, said: (body: JsonObject) => Said): AnswerPart {
  const body = parseJson(data);
  if (isObject(body)) return readObject(body, said);
  return answerPart({ error: notJson("a line of the stream", data) });
}

/** Reads a whole answer likewise. */
export function readWhole(body: unknown, said: (body: JsonObject) => Said): AnswerPart {
  if (isObject(body)) return readObject(body, said);
  return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
}

/** What a line says. */
export interface Said {
  readonly content: unknown;
  readonly thinking: unknown;
  readonly toolCalls?: unknown;
}

function readObject(body: JsonObject, said: (body: JsonObject) => Said): AnswerPart {
  const { content, thinking, toolCalls } = said(body);
  const part = answerPart({
    content: stringOf(content),
    reasoning: stringOf(thinking),
    toolCalls: Array.isArray(toolCalls) ? toolCalls.map(callText).join("") : "",
    error: findError(body),
    usage: usageOf(body),
    finish: stringOf(body["done_reason"]) || null,
    done: body["done"] === true,
  });
  if (part.content !== "" || part.toolCalls !== "") part.carries = "output";
  else if (part.reasoning !== "") part.carries = "reasoning";
  return part;
}

/** The counts of the last line; a prompt that was cached may have none. */
function usageOf(body: JsonObject): Usage | null {
  const promptTokens = count(body["prompt_eval_count"]);
  const completionTokens = count(body["eval_count"]);
  if (promptTokens === null && completionTokens === null) return null;
  return summedUsage({ promptTokens, completionTokens });
}

/** Unlike OpenAI's, the arguments are an object. */
function callText(call: unknown): string {
  const called = isObject(call) ? call["function"] : null;
  if (!isObject(called)) return "";
  const given = called["arguments"];
  return stringOf(called["name"]) + (isObject(given) ? JSON.stringify(given) : stringOf(given));
}
