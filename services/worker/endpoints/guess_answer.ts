import type { Usage } from "../../../common/model/record.ts";
import { parseJson } from "../parse_json.ts";
import type { SseEvent } from "../sse.ts";
import { chatEndpoint } from "./chat.ts";
import { completionsEndpoint } from "./completions.ts";
import { readEmbeddings } from "./embeddings.ts";
import { type AnswerPart, answerPart } from "./endpoint.ts";
import { hfTeiRankingsEndpoint } from "./hf_tei_rankings.ts";
import { huggingfaceGenerateEndpoint } from "./huggingface_generate.ts";
import { messagesEndpoint } from "./messages.ts";
import { ollamaChatEndpoint } from "./ollama_chat.ts";
import { ollamaGenerateEndpoint } from "./ollama_generate.ts";
import {
  count,
  findError,
  isObject,
  type JsonObject,
  stringOf,
  summedUsage,
} from "./openai_shapes.ts";
import { readScores } from "./ranking.ts";
import { responsesEndpoint } from "./responses.ts";

type Reader = (body: JsonObject) => AnswerPart;

/** Those whose streams are of server-sent events, the likeliest first. */
const OF_EVENTS = [
  chatEndpoint,
  completionsEndpoint,
  messagesEndpoint,
  responsesEndpoint,
  huggingfaceGenerateEndpoint,
];

/** What else a JSON object may be, streamed or whole. */
const SHARED: readonly Reader[] = [
  ollamaChatEndpoint.readAnswer,
  ollamaGenerateEndpoint.readAnswer,
  readLlamaCpp,
  readEmbeddings,
  (body) => readScores(body, "rankings", () => null),
  (body) => readScores(body, "results", () => null),
  (body) => readScores(body, "embeddings", () => null),
  (body) => readScores(body, "embedding", () => null),
  readPlainField,
];

const WHOLE: readonly Reader[] = [...OF_EVENTS.map(({ readAnswer }) => readAnswer), ...SHARED];

const EVENT: readonly Reader[] = [
  ...OF_EVENTS.map(({ readEvent }): Reader => (body) => readEvent(eventOf(body))),
  ...SHARED,
];

/** Reads an event of a stream in whichever of the usual shapes it has; text that is no JSON is content. */
export function guessEvent(event: SseEvent): AnswerPart {
  const { data } = event;
  if (data.trim() === "[DONE]") return answerPart({ done: true });
  if (event.event === "error") return chatEndpoint.readEvent(event);
  const body = parseJson(data);
  if (isObject(body)) return firstOf(EVENT, body);
  return body === undefined ? guessText(data) : guessAnswer(body);
}

/** Reads a whole answer likewise. */
export function guessAnswer(body: unknown): AnswerPart {
  if (isObject(body)) return firstOf(WHOLE, body);
  if (!Array.isArray(body)) return guessText(typeof body === "string" ? body : "");
  const text = huggingfaceGenerateEndpoint.readAnswer(body);
  return text.carries === "output" ? text : hfTeiRankingsEndpoint.readAnswer(body);
}

/** Reads an answer, or an event, that is nothing but text. */
export function guessText(content: string): AnswerPart {
  return answerPart({ content, carries: content === "" ? "nothing" : "output" });
}

/** What the first reader finds that finds content; what others know of counts and the end beside it. */
function firstOf(readers: readonly Reader[], body: JsonObject): AnswerPart {
  const error = findError(body);
  if (error !== null) return answerPart({ error });
  const sum = answerPart();
  for (const read of readers) {
    const part = read(body);
    if (part.error !== null) return part;
    sum.usage ??= part.usage;
    sum.finish ??= part.finish;
    sum.done ||= part.done;
    if (part.carries === "nothing") continue;
    return { ...part, usage: part.usage ?? sum.usage, finish: part.finish ?? sum.finish };
  }
  return sum;
}

function eventOf(body: JsonObject): SseEvent {
  return { event: "message", data: JSON.stringify(body), id: "" };
}

/** llama.cpp's own completions. */
function readLlamaCpp(body: JsonObject): AnswerPart {
  if (typeof body["stop"] !== "boolean") return answerPart();
  return { ...guessText(stringOf(body["content"])), done: body["stop"], usage: llamaUsage(body) };
}

function llamaUsage(body: JsonObject): Usage | null {
  const promptTokens = count(body["tokens_evaluated"]);
  const completionTokens = count(body["tokens_predicted"]);
  if (promptTokens === null || completionTokens === null) return null;
  const cachedPromptTokens = count(body["tokens_cached"]);
  return summedUsage({ promptTokens, completionTokens, cachedPromptTokens });
}

/** A field that is called as such fields mostly are. */
function readPlainField(body: JsonObject): AnswerPart {
  for (const name of ["text", "content", "response", "output", "result", "generated_text"]) {
    const content = stringOf(body[name]);
    if (content !== "") return guessText(content);
  }
  return answerPart();
}
