import type { Turn } from "../../../common/model/conversation.ts";
import type { ErrorDetails, Usage } from "../../../common/model/record.ts";
import { lengthLimit, wantsStream } from "./body_fields.ts";
import { type AnswerPart, answerPart, type BodyRequest, type Endpoint } from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { audioFormat, inlineMedia, isPlainText, mediaOf, refuseMedia } from "./media_parts.ts";
import {
  count,
  describeError,
  findError,
  isObject,
  type JsonObject,
  stringOf,
} from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/** OpenAI's Responses. Each request holds the whole conversation: nothing is kept at the server. */
export const responsesEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: wantsStream,
  buildBody,
  readEvent: (event) => readJsonEvent(event, readTypedEvent),
  readAnswer: (body) => readJsonAnswer(body, readResponse),
};

function buildBody(request: BodyRequest): string {
  const turn = lastTurn(request);
  const { plan, model, turns } = request;
  refuseMedia(turns, "responses", ["videos"]);
  return JSON.stringify({
    input: turns.flatMap(itemsOf),
    model,
    stream: plan.streaming,
    ...lengthLimit(plan, turn, ["max_output_tokens"]),
    ...plan.extraInputs,
  });
}

/** What a turn says, in the data set's own messages if it has some. */
function itemsOf(turn: Turn): JsonObject[] {
  return turn.messages ?? [{ role: turn.role, content: contentOf(turn) }];
}

function contentOf(turn: Turn): unknown {
  if (isPlainText(turn)) return turn.texts[0];
  const { images, audios } = mediaOf(turn);
  const type = turn.role === "assistant" ? "output_text" : "input_text";
  return [
    ...turn.texts.map((text) => ({ type, text })),
    ...images.map((url) => ({ type: "input_image", image_url: url })),
    ...audios.map(audioPart),
  ];
}

function audioPart(url: string): JsonObject {
  const inline = inlineMedia(url);
  if (inline === null) throw new Error("the responses API takes audio only as base64");
  const { base64: data, mediaType } = inline;
  return { type: "input_audio", input_audio: { data, format: audioFormat(mediaType) } };
}

/** What the `delta` of an event is, by the event's type; of all others it is no content. */
const DELTAS: Readonly<Record<string, "content" | "reasoning" | "toolCalls">> = {
  "response.output_text.delta": "content",
  "response.refusal.delta": "content",
  "response.reasoning_text.delta": "reasoning",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.reasoning.delta": "reasoning",
  "response.function_call_arguments.delta": "toolCalls",
  "response.custom_tool_call_input.delta": "toolCalls",
  "response.mcp_call_arguments.delta": "toolCalls",
  "response.code_interpreter_call_code.delta": "toolCalls",
};

function readTypedEvent(event: JsonObject): AnswerPart {
  const type = stringOf(event["type"]);
  const part = answerPart();
  const field = DELTAS[type];
  if (field !== undefined) {
    part[field] = deltaText(event["delta"]);
    if (part[field] !== "") part.carries = field === "reasoning" ? "reasoning" : "output";
    return part;
  }
  switch (type) {
    case "response.output_item.added":
      return readCall(event["item"]);
    case "response.completed":
    case "response.incomplete":
    case "response.failed":
      return readEnd(event["response"], type);
    case "error":
      part.error = describeError(event["error"] ?? event);
      return part;
  }
  // Servers behind a proxy may break off with an error that has no type.
  if (type === "") part.error = findError(event);
  return part;
}

/** Some servers wrap the text. */
function deltaText(delta: unknown): string {
  return isObject(delta) ? stringOf(delta["text"]) : stringOf(delta);
}

/** The name of a called function comes before its arguments. */
function readCall(item: unknown): AnswerPart {
  const part = answerPart();
  if (!isObject(item) || !/call$/.test(stringOf(item["type"]))) return part;
  part.toolCalls = stringOf(item["name"]);
  if (part.toolCalls !== "") part.carries = "output";
  return part;
}

function readEnd(response: unknown, type: string): AnswerPart {
  const part = answerPart({ done: true });
  if (!isObject(response)) return part;
  part.usage = readUsage(response["usage"]);
  part.finish = finishOf(response) ?? type.slice("response.".length);
  if (type === "response.failed") part.error = failureOf(response);
  return part;
}

function readResponse(body: JsonObject): AnswerPart {
  const part = answerPart();
  part.error = body["status"] === "failed" ? failureOf(body) : findError(body);
  part.usage = readUsage(body["usage"]);
  part.finish = finishOf(body);
  const output = body["output"];
  if (Array.isArray(output)) {
    for (const item of output) {
      if (isObject(item)) readItem(item, part);
    }
  }
  if (part.content !== "" || part.toolCalls !== "") part.carries = "output";
  else if (part.reasoning !== "") part.carries = "reasoning";
  return part;
}

function readItem(item: JsonObject, part: AnswerPart): void {
  const type = stringOf(item["type"]);
  if (type === "message") {
    part.content += textsIn(item["content"], "text") + textsIn(item["content"], "refusal");
  } else if (type === "reasoning") {
    part.reasoning += textsIn(item["content"], "text") || textsIn(item["summary"], "text");
  } else if (/call$/.test(type)) {
    part.toolCalls += stringOf(item["name"]) + stringOf(item["arguments"]) +
      stringOf(item["input"]) + stringOf(item["code"]);
  }
}

function textsIn(pieces: unknown, key: string): string {
  if (!Array.isArray(pieces)) return "";
  return pieces.map((piece) => isObject(piece) ? stringOf(piece[key]) : "").join("");
}

function finishOf(response: JsonObject): string | null {
  const incomplete = response["incomplete_details"];
  const reason = isObject(incomplete) ? stringOf(incomplete["reason"]) : "";
  return reason || stringOf(response["status"]) || null;
}

function failureOf(response: JsonObject): ErrorDetails {
  const error = response["error"];
  if (!isObject(error)) return describeError("the response failed");
  return describeError({ type: error["code"], ...error });
}

function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const inputs = value["input_tokens_details"];
  const outputs = value["output_tokens_details"];
  return {
    promptTokens: count(value["input_tokens"]),
    completionTokens: count(value["output_tokens"]),
    totalTokens: count(value["total_tokens"]),
    reasoningTokens: isObject(outputs) ? count(outputs["reasoning_tokens"]) : null,
    cachedPromptTokens: isObject(inputs) ? count(inputs["cached_tokens"]) : null,
  };
}
