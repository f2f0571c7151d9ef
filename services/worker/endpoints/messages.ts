import type { Turn } from "../../../common/model/conversation.ts";
import type { Usage } from "../../../common/model/record.ts";
import { lengthLimit, wantsStream } from "./body_fields.ts";
import { type AnswerPart, answerPart, type BodyRequest, type Endpoint } from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { inlineMedia, isPlainText, mediaOf, refuseMedia } from "./media_parts.ts";
import { count, findError, isObject, type JsonObject, stringOf } from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/** The API wants a limit in every request; no model that speaks it has a lower one of its own. */
const DEFAULT_MAX_TOKENS = 4096;

/** Anthropic's Messages. */
export const messagesEndpoint: Endpoint = {
  framing: "sse",
  headers: { "anthropic-version": "2023-06-01" },
  keyHeader: (apiKey) => ["x-api-key", apiKey],
  isStreaming: wantsStream,
  buildBody,
  readEvent: (event) => readJsonEvent(event, readTypedEvent),
  readAnswer: (body) => readJsonAnswer(body, readMessage),
};

function buildBody(request: BodyRequest): string {
  const turn = lastTurn(request);
  const { plan, model, turns } = request;
  refuseMedia(turns, "messages", ["audios", "videos"]);
  // An answer that was reasoning alone left no text, and the API takes no empty message.
  const said = turns.flatMap(messagesOf).filter(({ content }) => content !== "");
  const isSystem = ({ role }: JsonObject) => role === "system" || role === "developer";
  const system = said.filter(isSystem).map(({ content }) => content);
  return JSON.stringify({
    model,
    max_tokens: DEFAULT_MAX_TOKENS,
    ...(system.length > 0 && { system: system.length === 1 ? system[0] : blocksOf(system) }),
    messages: said.filter((message) => !isSystem(message)),
    stream: plan.streaming,
    ...lengthLimit(plan, turn, ["max_tokens"]),
    ...plan.extraInputs,
  });
}

/** What a turn says, in the data set's own messages if it has some. */
function messagesOf(turn: Turn): JsonObject[] {
  return turn.messages ?? [{ role: turn.role, content: contentOf(turn) }];
}

function contentOf(turn: Turn): unknown {
  if (isPlainText(turn)) return turn.texts[0];
  return [
    ...turn.texts.map((text) => ({ type: "text", text })),
    ...mediaOf(turn).images.map(imageBlock),
  ];
}

function imageBlock(url: string): JsonObject {
  const inline = inlineMedia(url);
  const source = inline === null
    ? { type: "url", url }
    : { type: "base64", media_type: inline.mediaType, data: inline.base64 };
  return { type: "image", source };
}

/** Several contents as the blocks of one. */
function blocksOf(contents: unknown[]): unknown[] {
  return contents.flatMap((content) =>
    typeof content === "string" ? [{ type: "text", text: content }] : content
  );
}

function readTypedEvent(event: JsonObject): AnswerPart {
  switch (event["type"]) {
    case "content_block_delta":
      return readDelta(event["delta"]);
    case "content_block_start":
      return readBlocks([event["content_block"]]);
    case "message_start": {
      const message = event["message"];
      return answerPart({ usage: isObject(message) ? readUsage(message["usage"]) : null });
    }
    case "message_delta": {
      const delta = event["delta"];
      const reason = isObject(delta) ? stringOf(delta["stop_reason"]) : "";
      return answerPart({ usage: readUsage(event["usage"]), finish: reason || null });
    }
    case "message_stop":
      return answerPart({ done: true });
    default:
      return answerPart({ error: findError(event) });
  }
}

function readDelta(delta: unknown): AnswerPart {
  const part = answerPart();
  if (!isObject(delta)) return part;
  part.content = stringOf(delta["text"]);
  part.reasoning = stringOf(delta["thinking"]);
  part.toolCalls = stringOf(delta["partial_json"]);
  return marked(part);
}

function readMessage(body: JsonObject): AnswerPart {
  const content = body["content"];
  const part = readBlocks(Array.isArray(content) ? content : []);
  part.error = findError(body);
  part.usage = readUsage(body["usage"]);
  part.finish = stringOf(body["stop_reason"]) || null;
  return part;
}

/** Reads blocks of content; those that open a stream are empty but for the name of a tool. */
function readBlocks(blocks: readonly unknown[]): AnswerPart {
  const part = answerPart();
  for (const block of blocks) {
    if (!isObject(block)) continue;
    part.content += stringOf(block["text"]);
    part.reasoning += stringOf(block["thinking"]);
    part.toolCalls += stringOf(block["name"]);
    const input = block["input"];
    if (isObject(input) && Object.keys(input).length > 0) part.toolCalls += JSON.stringify(input);
  }
  return marked(part);
}

function marked(part: AnswerPart): AnswerPart {
  if (part.content !== "" || part.toolCalls !== "") part.carries = "output";
  else if (part.reasoning !== "") part.carries = "reasoning";
  return part;
}

/**
 * What the server counted: the start of a stream knows the prompt, the end the answer.
 *
 * `input_tokens` leaves out what was read from the cache or written to it. No total is given.
 */
function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const input = count(value["input_tokens"]);
  const read = count(value["cache_read_input_tokens"]);
  const written = count(value["cache_creation_input_tokens"]);
  return {
    promptTokens: input === null ? null : input + (read ?? 0) + (written ?? 0),
    completionTokens: count(value["output_tokens"]),
    totalTokens: null,
    reasoningTokens: null,
    cachedPromptTokens: read,
  };
}
