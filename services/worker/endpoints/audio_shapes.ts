import type { Usage } from "../../../common/model/record.ts";
import { chatEndpoint } from "./chat.ts";
import {
  type AnswerPart,
  answerPart,
  type BinaryBody,
  type BodyRequest,
  type MediaPart,
} from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { audioFormat, inlineMedia, mediaOf } from "./media_parts.ts";
import { formBody, type FormPart } from "./multipart.ts";
import { count, findError, isObject, type JsonObject, stringOf } from "./openai_shapes.ts";
import type { SseEvent } from "../sse.ts";
import { lastTurn } from "./whole_answers.ts";

/**
 * The form that uploads a turn's sound, with the extra inputs as further fields.
 *
 * Throws `RangeError` when the turn has no sound, or one that is not in the data set but at a URL.
 */
export function audioForm(request: BodyRequest): BinaryBody {
  const [audio] = mediaOf(lastTurn(request)).audios;
  if (audio === undefined) throw new RangeError("a request for a transcript needs a sound");
  const { model, plan } = request;
  const parts: FormPart[] = [fileOf(audio)];
  const fields = { model, ...(plan.streaming && { stream: true }), ...plan.extraInputs };
  for (const [name, value] of Object.entries(fields)) parts.push(...fieldsOf(name, value));
  return formBody(parts);
}

function fileOf(audio: string): FormPart {
  const inline = inlineMedia(audio);
  if (inline === null) {
    throw new RangeError("a sound must be a file or a base64 data URI, for it is uploaded");
  }
  const mediaType = inline.mediaType || "audio/wav";
  return {
    name: "file",
    fileName: `audio.${audioFormat(mediaType)}`,
    mediaType,
    bytes: Uint8Array.fromBase64(inline.base64),
  };
}

/** A form knows texts alone: a list is a field that comes several times, `null` is left out. */
function fieldsOf(name: string, value: unknown): FormPart[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const listName = name.endsWith("[]") ? name : `${name}[]`;
    return value.flatMap((item) => fieldsOf(listName, item));
  }
  return [{ name, value: typeof value === "object" ? JSON.stringify(value) : String(value) }];
}

/** Reads a whole transcript in JSON. */
export function readTranscript(body: unknown): AnswerPart {
  return readJsonAnswer(body, (answer) => {
    const content = stringOf(answer["text"]);
    return answerPart({
      content,
      carries: content === "" ? "nothing" : "output",
      usage: usageOf(answer["usage"]),
      media: lengthOf(answer),
      error: findError(answer),
    });
  });
}

/** Reads a transcript that came as plain text, or as subtitles. */
export function readPlainTranscript(text: string): AnswerPart {
  const content = text.trim();
  return answerPart({ content, carries: content === "" ? "nothing" : "output" });
}

/** Reads an event of a transcript that is streamed; vLLM's are those of a chat. */
export function readTranscriptEvent(event: SseEvent): AnswerPart {
  return readJsonEvent(event, (body) => {
    const type = stringOf(body["type"]);
    if (!type.startsWith("transcript.")) return chatEndpoint.readEvent(event);
    const content = type === "transcript.text.delta" ? stringOf(body["delta"]) : "";
    return answerPart({
      content,
      carries: content === "" ? "nothing" : "output",
      usage: usageOf(body["usage"]),
      media: lengthOf(body),
      done: type === "transcript.text.done",
    });
  });
}

/** The server's idea of how long the sound is; billed seconds are whole ones, so they come last. */
function lengthOf(body: JsonObject): MediaPart | null {
  const { duration, usage } = body;
  // Some write it as a text.
  const seconds = Number(duration ?? NaN);
  if (seconds > 0 && Number.isFinite(seconds)) return { audioSeconds: seconds };
  const billed = isObject(usage) ? usage["seconds"] : null;
  return typeof billed === "number" && billed > 0 ? { audioSeconds: billed } : null;
}

/** Models that count in seconds say nothing of tokens. */
function usageOf(usage: unknown): Usage | null {
  if (!isObject(usage)) return null;
  const promptTokens = count(usage["input_tokens"]) ?? count(usage["prompt_tokens"]);
  const completionTokens = count(usage["output_tokens"]) ?? count(usage["completion_tokens"]);
  if (promptTokens === null && completionTokens === null) return null;
  return {
    promptTokens,
    completionTokens,
    totalTokens: count(usage["total_tokens"]),
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}
