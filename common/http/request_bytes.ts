import type { HttpMessage } from "./http_transport.ts";
import type { Target } from "./target.ts";

/** Where a request goes, as its head says it. */
export type RequestTarget = Pick<Target, "path" | "host" | "proxyAuthorization">;

const encoder = new TextEncoder();

/** Up to here a body goes out together with its head, in one piece and thus one packet or few. */
const MAX_COPIED_BYTES = 256 * 1024;

/**
 * What a request is on the wire: one piece, or its head and its body where that is large.
 *
 * `isOnly` asks the server to close the connection afterwards.
 *
 * Throws a TypeError that names the header when one cannot be sent.
 */
export function requestBytes(
  request: HttpMessage,
  target: RequestTarget,
  isOnly = false,
): Uint8Array<ArrayBuffer>[] {
  const body = typeof request.body === "string" ? encoder.encode(request.body) : request.body;
  const head = encodeLatin1(headText(request, { ...target, isOnly }, body?.length ?? null));
  if (body === null || body.length === 0) return [head];
  if (body.length > MAX_COPIED_BYTES) return [head, body];
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return [all];
}

function headText(
  { method, headers }: HttpMessage,
  target: RequestTarget & { readonly isOnly: boolean },
  bodyBytes: number | null,
): string {
  let text = `${method} ${target.path} HTTP/1.1\r\n`;
  let hasHost = false;
  for (const [name, value] of headers) {
    if (!NAME_REGEXP.test(name) || !VALUE_REGEXP.test(value)) {
      throw new TypeError(`the header ${JSON.stringify(name)} cannot be sent: bad name or value`);
    }
    hasHost ||= name.length === 4 && name.toLowerCase() === "host";
    text += `${name}: ${value}\r\n`;
  }
  if (!hasHost) text += `Host: ${target.host}\r\n`;
  if (target.proxyAuthorization) text += `Proxy-Authorization: ${target.proxyAuthorization}\r\n`;
  if (target.isOnly) text += "Connection: close\r\n";
  if (bodyBytes !== null) text += `Content-Length: ${bodyBytes}\r\n`;
  return `${text}\r\n`;
}

const NAME_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Nothing that would end the line, or that has no byte of its own. */
const VALUE_REGEXP = /^[^\0\r\n\u0100-\uffff]*$/;

/** One byte for each character up to U+00FF, as header values are sent; others do not get here. */
function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  if (bytes.length === text.length) return bytes;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
