import type { Media } from "../../../common/model/conversation.ts";
import { field, FieldError, type JsonObject, mustBe } from "./fields.ts";
import type { FieldPlace } from "./format.ts";

const URL_REGEXP = /^(?:https?:\/\/|data:)/i;

/** Whether a value of a media field is sent as it is, and is not a path to be read. */
export function isUrl(value: string): boolean {
  return URL_REGEXP.test(value);
}

/**
 * Reads `image`, `images` and the like: each a URL, a data URI or the path of a file.
 *
 * null when there are none. Throws a FieldError, also for a file that cannot be sent.
 */
export function readMedia(fields: JsonObject, place: FieldPlace): Media | null {
  const media = {
    images: readKind(fields, "image", place),
    audios: readKind(fields, "audio", place),
    videos: readKind(fields, "video", place),
  };
  return Object.values(media).every((urls) => urls.length === 0) ? null : media;
}

function readKind(fields: JsonObject, name: string, { path, settings }: FieldPlace): string[] {
  const values = [...valuesOf(fields, name), ...valuesOf(fields, `${name}s`)];
  return values.map(([at, value]) => {
    if (typeof value !== "string" || value === "") {
      throw mustBe(path + at, "a URL, a data URI or the path of a file", value);
    }
    const problem = isUrl(value) ? null : settings.fileProblem(value);
    if (problem !== null) throw new FieldError(path + at, `${JSON.stringify(value)} ${problem}`);
    return value;
  });
}

/** The values of a field that holds one or a list of them, each with its place. */
function valuesOf(fields: JsonObject, name: string): [place: string, unknown][] {
  const value = field(fields, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[name, value]];
  return value.map((item, i) => [`${name}[${i}]`, item]);
}
