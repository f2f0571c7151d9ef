import type { Turn } from "../../../common/model/conversation.ts";
import { lengthLimit, streamOptions, wantsStream } from "./body_fields.ts";
import { readChoices } from "./choices.ts";
import type { AnswerPart, BodyRequest, Endpoint } from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { audioFormat, inlineMedia, isPlainText, mediaOf } from "./media_parts.ts";
import { isObject, type JsonObject, stringOf } from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/** OpenAI's chat completions, as nearly every inference server speaks them. */
export const chatEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: wantsStream,
  buildBody,
  readEvent: (event) => readJsonEvent(event, readDeltas),
  readAnswer: (body) => readJsonAnswer(body, readMessages),
};

function buildBody(request: BodyRequest): string {
  const turn = lastTurn(request);
  const { plan, model, turns } = request;
  const limits = ["max_completion_tokens", "max_tokens"] as const;
  const [newer, older] = limits;
  return JSON.stringify({
    messages: turns.flatMap(messagesOf),
    model,
    stream: plan.streaming,
    ...lengthLimit(plan, turn, plan.legacyMaxTokens ? [older, newer] : limits),
    ...plan.extraInputs,
    ...streamOptions(plan),
  });
}

/** What a turn says, in the data set's own messages if it has some. */
export function messagesOf(turn: Turn): JsonObject[] {
  return turn.messages ?? [{ role: turn.role, content: contentOf(turn) }];
}

function contentOf(turn: Turn): unknown {
  if (isPlainText(turn)) return turn.texts[0];
  const { images, audios, videos } = mediaOf(turn);
  return [
    ...turn.texts.map((text) => ({ type: "text", text })),
    ...images.map((url) => ({ type: "image_url", image_url: { url } })),
    ...audios.map(audioPart),
    ...videos.map((url) => ({ type: "video_url", video_url: { url } })),
  ];
}

/** OpenAI takes sounds in the body only; servers that fetch them themselves take `audio_url`. */
function audioPart(url: string): JsonObject {
  const inline = inlineMedia(url);
  if (inline === null) return { type: "audio_url", audio_url: { url } };
  const { base64: data, mediaType } = inline;
  return { type: "input_audio", input_audio: { data, format: audioFormat(mediaType) } };
}

function readDeltas(body: JsonObject): AnswerPart {
  return readChoices(body, (choice, part) => readSaid(choice["delta"], part));
}

function readMessages(body: JsonObject): AnswerPart {
  return readChoices(body, (choice, part) => readSaid(choice["message"], part));
}

/** Reads a delta or a message. */
function readSaid(said: unknown, part: AnswerPart): void {
  if (!isObject(said)) return;
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
