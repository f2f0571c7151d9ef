import { type Media, plainTurn, type Turn } from "../../../common/model/conversation.ts";
import {
  checkText,
  field,
  FieldError,
  isObject,
  type JsonObject,
  mustBe,
  readCount,
  readNumber,
  readText,
} from "./fields.ts";

/** Known to the reference tool; leaving them out unsaid would send something else than asked. */
const NOT_YET = ["audio", "audios", "video", "videos", "extra", "model"];

const MEDIA_REGEXP = /^(?:https?:\/\/|data:)/i;

/**
 * Reads the fields that say what one turn is.
 *
 * `text` or `texts`, and where wanted `image` or `images`, `role`, `timestamp` or `delay` (ms) and `output_length`;
 * others are ignored. `path` stands before each field's name in errors, e.g. `turns[1].`. Throws
 * FieldError.
 */
export function readTurn(fields: JsonObject, path: string): Turn {
  for (const name of NOT_YET) {
    if (isFilled(field(fields, name))) throw new FieldError(path + name, "is not supported yet");
  }
  const turn = plainTurn(readTexts(fields, path), {
    role: readText(fields, "role", path) ?? "user",
    media: readMedia(fields, path),
    outputTokens: readCount(fields, "output_length", path),
    delayMs: readNumber(fields, "delay", path),
    timestampMs: readNumber(fields, "timestamp", path),
  });
  if (turn.delayMs !== null && turn.timestampMs !== null) {
    throw new FieldError(`${path}delay`, "must not be given beside timestamp");
  }
  return turn;
}

function readMedia(fields: JsonObject, path: string): Media | null {
  const images = readList(fields, "image", path).concat(readList(fields, "images", path));
  if (images.length === 0) return null;
  for (const [place, value] of images) {
    if (typeof value === "string" && MEDIA_REGEXP.test(value)) continue;
    throw mustBe(place, "a URL (http, https) or a data URI", value);
  }
  return { images: images.map(([, url]) => url as string), audios: [], videos: [] };
}

/** The values of a field that holds one or a list of them, each with its place. */
function readList(fields: JsonObject, name: string, path: string): [place: string, unknown][] {
  const value = field(fields, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[path + name, value]];
  return value.map((item, i) => [`${path}${name}[${i}]`, item]);
}

function isFilled(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function readTexts(fields: JsonObject, path: string): string[] {
  const text = readText(fields, "text", path);
  const texts = field(fields, "texts");
  if (texts === undefined) {
    if (text === null) throw new FieldError(`${path}text`, "is missing");
    return [text];
  }
  if (text !== null) throw new FieldError(`${path}texts`, "must not be given beside text");
  if (!Array.isArray(texts) || texts.length === 0) {
    throw mustBe(`${path}texts`, "a list of texts", texts);
  }
  return texts.flatMap((item, i) => readItem(item, `${path}texts[${i}]`));
}

/** An item of `texts`: a text, or several of them under a name, which nothing is sent of. */
function readItem(item: unknown, path: string): string[] {
  if (!isObject(item)) return [checkText(item, path)];
  const contents = field(item, "contents");
  if (!Array.isArray(contents) || contents.length === 0) {
    throw mustBe(`${path}.contents`, "a list of texts", contents);
  }
  return contents.map((text, i) => checkText(text, `${path}.contents[${i}]`));
}
