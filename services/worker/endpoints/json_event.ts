import { excerpt } from "../clean_text.ts";
import { parseJson } from "../parse_json.ts";
import type { SseEvent } from "../sse.ts";
import { type AnswerPart, answerPart } from "./endpoint.ts";
import { describeError, isObject, type JsonObject, notJson } from "./openai_shapes.ts";

/**
 * Reads an event whose data is to be a JSON object, as nearly all APIs send them; `read` is given
 * the object, and whether it is an error is already seen to when the event is named `error`.
 */
export function readJsonEvent(
  { event, data }: SseEvent,
  read: (body: JsonObject) => AnswerPart,
): AnswerPart {
  if (data === "[DONE]") return answerPart({ done: true });
  const body = parseJson(data);
  if (event === "error") return answerPart({ error: describeError(eventError(body, data)) });
  if (isObject(body)) return read(body);
  // Keep-alives and annotations under another name need not be JSON.
  if (event !== "message" || data.trim() === "") return answerPart();
  if (data.trim() === "[DONE]") return answerPart({ done: true });
  return answerPart({ error: notJson("an event of the stream", data) });
}

/** Reads a whole answer that is to be a JSON object. */
export function readJsonAnswer(
  body: unknown,
  read: (body: JsonObject) => AnswerPart,
): AnswerPart {
  if (isObject(body)) return read(body);
  return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
}

/** The payload of an error event: the `error` inside it, else all of it. */
function eventError(body: unknown, data: string): unknown {
  if (!isObject(body)) return excerpt(data) || "the server sent an error event without a message";
  return body["error"] ?? body;
}
