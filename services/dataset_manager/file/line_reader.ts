import { type DatasetFormat, TABLE_COLUMNS } from "../../../common/model/dataset_format.ts";
import { csvFields } from "../formats/csv.ts";
import { FieldError, type JsonObject } from "../formats/fields.ts";
import type { FormatSettings, LineContent, LineFormat, RowReader } from "../formats/format.ts";
import { detectFormat, detectTable, formatNamed } from "../formats/registry.ts";
import { parseRow } from "./parse_row.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads the lines of one file, the first one first: all are of the same format. */
export class LineReader {
  readonly #settings: FormatSettings;
  readonly #change: (content: LineContent) => LineContent | null;
  #format: LineFormat | null;
  #read: RowReader | null = null;
  /** The columns of a table; null before its first line, and for what is none. */
  #columns: readonly string[] | null = null;

  /**
   * `format`: null leaves it to the first line. `change`: what is made of what a line says; null
   * leaves it out.
   */
  constructor(
    format: DatasetFormat | null,
    settings: FormatSettings,
    change: (content: LineContent) => LineContent | null = (content) => content,
  ) {
    this.#settings = settings;
    this.#change = change;
    this.#format = format === null ? null : formatNamed(format);
  }

  /** The name of the format; null as long as nobody knows it. */
  get format(): DatasetFormat | null {
    return this.#format?.name ?? null;
  }

  /** What a line says; null for one that nothing is to be sent of. Throws a FieldError. */
  read(bytes: Uint8Array): LineContent | null {
    const text = decode(bytes);
    if (text.trim() === "") return null;
    if (this.#columns === null && this.#readHeader(text)) return null;
    const row = this.#columns === null ? parseRow(text) : rowOf(this.#columns, text);
    this.#format ??= detectFormat(row);
    this.#read ??= this.#format.open(this.#settings);
    const content = this.#read(row, text);
    return content && this.#change(content);
  }

  /** Whether the line names the columns of a table. */
  #readHeader(text: string): boolean {
    if (this.#format === null && text.trimStart().startsWith("{")) return false;
    const needed = this.#format === null ? undefined : TABLE_COLUMNS[this.#format.name];
    if (this.#format !== null && needed === undefined) return false;
    const columns = csvFields(text.trim()).map((name) => name.trim());
    this.#format ??= detectTable(columns);
    if (this.#format === null) return false;
    const missing = needed?.find((name) => !columns.includes(name));
    if (missing !== undefined) {
      throw new FieldError(missing, "is not among the columns that the first line names");
    }
    this.#columns = columns;
    return true;
  }
}

function rowOf(columns: readonly string[], text: string): JsonObject {
  const fields = csvFields(text.replace(/\r$/, ""));
  if (fields.length > columns.length) {
    throw new FieldError(
      "",
      `has ${fields.length} fields, and there are ${columns.length} columns`,
    );
  }
  return Object.fromEntries(columns.map((name, i) => [name, fields[i] ?? ""]));
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FieldError("", "is not valid UTF-8");
  }
}
