import { FieldError, type JsonObject } from "./fields.ts";

/** A time of a table. */
export interface TableTime {
  /** In milliseconds: since 1970 for a date, else on the table's own clock. */
  readonly atMs: number;
  readonly isDate: boolean;
}

/** Up to seven digits of a second are written, which no parser of dates takes. */
const DATE_REGEXP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

/** Reads seconds, or a date with a time of day (UTC unless it says otherwise). */
export function readTime(row: JsonObject, name: string): TableTime {
  const text = String(row[name] ?? "").trim();
  const seconds = Number(text);
  if (text !== "" && Number.isFinite(seconds) && seconds >= 0) {
    return { atMs: seconds * 1e3, isDate: false };
  }
  const [, day, time, fraction = "", zone = "Z"] = DATE_REGEXP.exec(text) ?? [];
  const wholeMs = day === undefined ? NaN : Date.parse(`${day}T${time}${zone}`);
  if (!Number.isNaN(wholeMs)) {
    return { atMs: wholeMs + Number(`0${fraction}`) * 1e3, isDate: true };
  }
  throw new FieldError(name, `must be seconds or a date with a time, got ${JSON.stringify(text)}`);
}
