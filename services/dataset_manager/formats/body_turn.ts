import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import { field, FieldError, isObject, type JsonObject, mustBe } from "./fields.ts";
import type { FormatSettings } from "./format.ts";

/** The fields that bodies of the usual APIs have for the length of the answer. */
const LENGTH_FIELDS = ["max_completion_tokens", "max_tokens", "max_output_tokens"];

/** A body as it stands in a file. */
export interface RawBody {
  /** Its text, which is what is sent. */
  readonly body: string;
  /** Stands before each field's name in errors. */
  readonly path: string;
  readonly settings: FormatSettings;
}

/**
 * A turn whose body is sent as it is.
 *
 * `value` is the parsed body. Throws a FieldError unless it is an object, and when it asks for a
 * stream where none is read, or the other way round.
 */
export function bodyTurn(
  value: unknown,
  { body, path, settings }: RawBody,
  fields: Partial<Turn> = {},
): Turn {
  if (!isObject(value)) throw mustBe(path.replace(/\.$/, ""), "an object", value);
  const stream = field(value, "stream");
  if (typeof stream === "boolean" && stream !== settings.isStreaming) {
    const flag = stream ? "--streaming is not given" : "--streaming is given";
    throw new FieldError(`${path}stream`, `is ${stream}, and ${flag}`);
  }
  if ((fields.extra ?? null) !== null || (fields.model ?? null) !== null) {
    const name = (fields.extra ?? null) !== null ? "extra" : "model";
    throw new FieldError(name, "has no effect on a body that is sent as it is");
  }
  return plainTurn([], {
    ...fields,
    body,
    isStandalone: true,
    outputTokens: askedLength(value),
  });
}

function askedLength(body: JsonObject): number | null {
  for (const name of LENGTH_FIELDS) {
    const value = field(body, name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  }
  return null;
}
