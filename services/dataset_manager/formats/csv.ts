import { FieldError } from "./fields.ts";

/**
 * The fields of one line of a CSV file (RFC 4180), of which no field may hold a line end.
 *
 * Written by hand because lines are found and read again by their place in the file, which the usual
 * parsers do not tell. Throws a FieldError.
 */
export function csvFields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const isQuoted = line[at] === '"';
    const end = isQuoted ? endOfQuoted(line, at) : endOfPlain(line, at);
    const text = line.slice(at, end);
    fields.push(isQuoted ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === line.length) return fields;
    if (line[end] !== ",") throw new FieldError("", "has text behind a quoted field");
    at = end + 1;
  }
}

function endOfPlain(line: string, start: number): number {
  const comma = line.indexOf(",", start);
  return comma < 0 ? line.length : comma;
}

/** Behind the quote that is not one of a pair. */
function endOfQuoted(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] !== '"') return at + 1;
    at++;
  }
  throw new FieldError("", "has a quoted field that does not end");
}
