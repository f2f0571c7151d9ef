import type { Turn } from "../../../common/model/conversation.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { excerpt } from "../clean_text.ts";
import type { SseEvent } from "../sse.ts";
import { type AnswerPart, answerPart, type BodyRequest, type Endpoint } from "./endpoint.ts";
import {
  describeError,
  findError,
  isObject,
  type JsonObject,
  notJson,
  readUsage,
  stringOf,
} from "./openai_shapes.ts";

/** OpenAI's chat completions, as nearly every inference server speaks them. */
export const chatEndpoint: Endpoint = {
  framing: "sse",
  isStreaming,
  buildBody,
  readEvent,
  readAnswer,
};

/** `extraInputs` are merged last, so a `stream` among them decides, also for how we read. */
function isStreaming(plan: EndpointPlan): boolean {
  return "stream" in plan.extraInputs ? plan.extraInputs["stream"] === true : plan.streaming;
}

function buildBody({ plan, model, turns }: BodyRequest): string {
  const turn = turns.at(-1);
  if (turn === undefined) throw new RangeError("a chat request needs at least one turn");
  return JSON.stringify({
    messages: turns.map(messageOf),
    model,
    stream: plan.streaming,
    ...lengthLimit(plan, turn),
    ...plan.extraInputs,
    ...streamOptions(plan),
  });
}

/** A turn as a message of the conversation. */
export function messageOf(turn: Turn): JsonObject {
  const images = turn.media?.images ?? [];
  if (turn.texts.length === 1 && images.length === 0) {
    return { role: turn.role, content: turn.texts[0] };
  }
  const content = [
    ...turn.texts.map((text) => ({ type: "text", text })),
    ...images.map((url) => ({ type: "image_url", image_url: { url } })),
  ];
  return { role: turn.role, content };
}

/** Servers refuse a body with both limits, so one that the user sets replaces ours. */
function lengthLimit(plan: EndpointPlan, turn: Turn): JsonObject {
  const extra = plan.extraInputs;
  if (turn.outputTokens === null) return {};
  if ("max_tokens" in extra || "max_completion_tokens" in extra) return {};
  return { [plan.legacyMaxTokens ? "max_tokens" : "max_completion_tokens"]: turn.outputTokens };
}

/**
 * Asks for usage, also where the client counts: then both counts are there to be compared.
 *
 * Other stream options of the user stay beside it, and `null` among them asks for nothing.
 */
function streamOptions(plan: EndpointPlan): JsonObject {
  if (!isStreaming(plan)) return {};
  const given = plan.extraInputs["stream_options"];
  if (given !== undefined && !isObject(given)) return {};
  return { stream_options: { include_usage: true, ...given } };
}

function readEvent({ event, data }: SseEvent): AnswerPart {
  if (data === "[DONE]") return answerPart({ done: true });
  const body = parse(data);
  if (event === "error") return answerPart({ error: describeError(eventError(body, data)) });
  if (isObject(body)) return readBody(body, "delta");
  // Keep-alives and annotations under another name need not be JSON.
  if (event !== "message" || data.trim() === "") return answerPart();
  if (data.trim() === "[DONE]") return answerPart({ done: true });
  return answerPart({ error: notJson("an event of the stream", data) });
}

/** The payload of an error event: the `error` inside it, else all of it. */
function eventError(body: unknown, data: string): unknown {
  if (!isObject(body)) return excerpt(data) || "the server sent an error event without a message";
  return body["error"] ?? body;
}

function readAnswer(body: unknown): AnswerPart {
  if (isObject(body)) return readBody(body, "message");
  return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Several choices are read as one text: the server made all of it, at this time. */
function readBody(body: JsonObject, key: "delta" | "message"): AnswerPart {
  const part = answerPart();
  part.error = findError(body);
  part.usage = readUsage(body["usage"]);
  const choices = body["choices"];
  if (!Array.isArray(choices)) return part;
  for (const choice of choices) {
    if (!isObject(choice)) continue;
    const said = choice[key];
    if (isObject(said)) readSaid(said, part);
    const finish = choice["finish_reason"];
    if (typeof finish === "string") part.finish = finish;
  }
  if (part.content !== "" || part.toolCalls !== "") part.carries = "output";
  else if (part.reasoning !== "") part.carries = "reasoning";
  return part;
}

/** Reads a delta or a message. */
function readSaid(said: JsonObject, part: AnswerPart): void {
  const content = said["content"];
  if (typeof content === "string") part.content += content;
  else if (Array.isArray(content)) readContentParts(content, part);
  part.content += stringOf(said["refusal"]);
  // Servers that know both names send the same text under both.
  part.reasoning += stringOf(said["reasoning_content"]) || stringOf(said["reasoning"]);
  const calls = said["tool_calls"];
  if (Array.isArray(calls)) {
    for (const call of calls) {
      if (isObject(call)) part.toolCalls += callText(call["function"]);
    }
  }
  part.toolCalls += callText(said["function_call"]);
}

function callText(called: unknown): string {
  return isObject(called) ? stringOf(called["name"]) + stringOf(called["arguments"]) : "";
}

/** Some servers send content as a list of `text` and `thinking` parts. */
function readContentParts(pieces: unknown[], part: AnswerPart): void {
  for (const piece of pieces) {
    if (!isObject(piece)) continue;
    part.content += stringOf(piece["text"]);
    const thinking = piece["thinking"];
    if (!Array.isArray(thinking)) {
      part.reasoning += stringOf(thinking);
      continue;
    }
    for (const thought of thinking) {
      if (isObject(thought)) part.reasoning += stringOf(thought["text"]);
    }
  }
}
