import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import {
  checkText,
  field,
  FieldError,
  isObject,
  type JsonObject,
  mustBe,
  readCount,
  readNumber,
  readObject,
  readText,
} from "./fields.ts";
import type { FieldPlace } from "./format.ts";
import { readMedia } from "./media_fields.ts";

/** Texts under these names are what a ranking has ranked; those under any other are its query. */
const PASSAGE_NAMES = new Set(["passage", "passages"]);

/** When a turn is to be sent, how long its answer is to be, and what else goes into its body. */
export type RequestFields = Pick<
  Turn,
  "outputTokens" | "delayMs" | "timestampMs" | "model" | "extra"
>;

/**
 * Reads the fields that say what one turn is.
 *
 * `text` or `texts`, `image(s)`, `audio(s)`, `video(s)`, `passages`, `role`, `answer` and those of
 * `readRequestFields`; others are ignored. Throws FieldError.
 */
export function readTurn(fields: JsonObject, place: FieldPlace): Turn {
  const { path } = place;
  const media = readMedia(fields, place);
  const { texts, passages } = readTexts(fields, path);
  if (texts.length === 0 && media === null) throw new FieldError(`${path}text`, "is missing");
  return plainTurn(texts, {
    role: readText(fields, "role", path) ?? "user",
    media,
    passages,
    answer: readText(fields, "answer", path),
    ...readRequestFields(fields, path),
  });
}

/** Reads `output_length`, `timestamp` or `delay` (ms), `model` and `extra`. Throws FieldError. */
export function readRequestFields(fields: JsonObject, path: string): RequestFields {
  const read = {
    outputTokens: readCount(fields, "output_length", path),
    delayMs: readNumber(fields, "delay", path),
    timestampMs: readNumber(fields, "timestamp", path),
    model: readText(fields, "model", path),
    extra: readExtra(fields, path),
  };
  if (read.delayMs !== null && read.timestampMs !== null) {
    throw new FieldError(`${path}delay`, "must not be given beside timestamp");
  }
  return read;
}

function readExtra(fields: JsonObject, path: string): Turn["extra"] {
  const extra = readObject(fields, "extra", path);
  // Answers are read as `--streaming` says.
  if (extra !== null && "stream" in extra) {
    throw new FieldError(`${path}extra.stream`, "must not be set; use --streaming");
  }
  return extra;
}

interface Texts {
  readonly texts: string[];
  readonly passages: string[] | null;
}

function readTexts(fields: JsonObject, path: string): Texts {
  const text = readText(fields, "text", path);
  const list = readPassages(fields, path);
  const items = field(fields, "texts");
  if (items === undefined) return { texts: text === null ? [] : [text], passages: list };
  if (text !== null) throw new FieldError(`${path}texts`, "must not be given beside text");
  if (!Array.isArray(items) || items.length === 0) {
    throw mustBe(`${path}texts`, "a list of texts", items);
  }
  const texts: string[] = [];
  const passages: string[] = [...list ?? []];
  items.forEach((item, i) => {
    const { name, contents } = readItem(item, `${path}texts[${i}]`);
    (PASSAGE_NAMES.has(name) ? passages : texts).push(...contents);
  });
  return { texts, passages: passages.length === 0 ? null : passages };
}

function readPassages(fields: JsonObject, path: string): string[] | null {
  const passages = field(fields, "passages");
  if (passages === undefined) return null;
  if (!Array.isArray(passages) || passages.length === 0) {
    throw mustBe(`${path}passages`, "a list of texts", passages);
  }
  return passages.map((passage, i) => checkText(passage, `${path}passages[${i}]`));
}

interface NamedTexts {
  readonly name: string;
  readonly contents: readonly string[];
}

/** An item of `texts`: a text, or several of them under a name. */
function readItem(item: unknown, path: string): NamedTexts {
  if (!isObject(item)) return { name: "", contents: [checkText(item, path)] };
  const contents = field(item, "contents");
  if (!Array.isArray(contents) || contents.length === 0) {
    throw mustBe(`${path}.contents`, "a list of texts", contents);
  }
  return {
    name: readText(item, "name", `${path}.`) ?? "",
    contents: contents.map((text, i) => checkText(text, `${path}.contents[${i}]`)),
  };
}
