import { ApiError } from "./apis/api_error.ts";

/** A part of a form. */
export interface FormField {
  /** null: it is no file. */
  readonly fileName: string | null;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const DASH = 0x2d;
const HEAD_END = encoder.encode("\r\n\r\n");

/**
 * Reads a `multipart/form-data` body (RFC 7578); of several fields of one name, the last counts.
 *
 * @throws {ApiError} with status 400 if it is none.
 */
export function parseForm(contentType: string, body: Uint8Array): Map<string, FormField> {
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) {
    throw new ApiError(400, "Request body must be multipart/form-data with a boundary");
  }
  const fields = new Map<string, FormField>();
  const mark = encoder.encode(`--${boundary}`);
  let at = find(body, mark, 0);
  while (at >= 0) {
    const start = at + mark.length;
    if (body[start] === DASH && body[start + 1] === DASH) return fields;
    at = find(body, mark, start);
    const headEnd = find(body, HEAD_END, start);
    if (headEnd < 0 || headEnd > at) break;
    const head = decoder.decode(body.subarray(start, headEnd));
    const name = /\bname="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) throw new ApiError(400, "A part of the form has no name");
    fields.set(name, {
      fileName: /\bfilename="([^"]*)"/i.exec(head)?.[1] ?? null,
      // The line end before the boundary belongs to it.
      bytes: body.subarray(headEnd + HEAD_END.length, at - 2),
    });
  }
  throw new ApiError(400, "The form does not end");
}

/** The text of a field; null when it is not there. */
export function formText(fields: ReadonlyMap<string, FormField>, name: string): string | null {
  const field = fields.get(name);
  return field === undefined ? null : decoder.decode(field.bytes);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let length = 1;
    while (length < wanted.length && bytes[at + length] === wanted[length]) length++;
    if (length === wanted.length) return at;
  }
  return -1;
}
