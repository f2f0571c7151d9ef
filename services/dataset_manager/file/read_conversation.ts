import type { DatasetFormat } from "../../../common/model/dataset_format.ts";
import { FieldError, isObject, type JsonObject } from "../formats/fields.ts";
import type { LineContent, LineFormat } from "../formats/format.ts";
import { detectFormat, formatNamed } from "../formats/registry.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads the lines of one file: all are of the same format. */
export class LineReader {
  #format: LineFormat | null;

  /** `format`: null leaves it to the first line. */
  constructor(format: DatasetFormat | null) {
    this.#format = format === null ? null : formatNamed(format);
  }

  /** What a line says; null for one of white space. Throws a FieldError. */
  read(bytes: Uint8Array): LineContent | null {
    const text = decode(bytes);
    if (text.trim() === "") return null;
    const line = parse(text);
    this.#format ??= detectFormat(line);
    return this.#format.read(line);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FieldError("", "is not valid UTF-8");
  }
}

function parse(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.replaceAll(/\p{Cc}+/gu, " ");
    throw new FieldError("", `is not valid JSON: ${why}`);
  }
  if (!isObject(value)) throw new FieldError("", "is not a JSON object");
  return value;
}
