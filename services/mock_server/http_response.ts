import type { WholeAnswer } from "./apis/api.ts";

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};
const ONLY_ASCII_REGEXP = /^[\0-\x7f]*$/;
const encoder = new TextEncoder();

/** How a whole answer is framed. */
export interface PlainResponseOptions {
  readonly keepAlive?: boolean;
  /** Leaves the body away but not its length, as the answer to HEAD. */
  readonly headOnly?: boolean;
  readonly headers?: readonly string[];
}

/** A whole HTTP response. */
export function plainResponse(
  status: number,
  { contentType, body }: WholeAnswer,
  options: PlainResponseOptions = {},
): Uint8Array<ArrayBuffer> {
  const { keepAlive = true, headOnly = false, headers = [] } = options;
  const more = headers.map((header) => `${header}\r\n`).join("");
  return encoder.encode(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\ncontent-type: ${contentType}\r\n` +
      `content-length: ${byteLength(body)}\r\n${more}${keepAlive ? "" : "connection: close\r\n"}` +
      `\r\n${headOnly ? "" : body}`,
  );
}

/** Status line and headers of a streamed answer. */
export function streamHead(contentType: string, keepAlive: boolean): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\n` +
    "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n" +
    (keepAlive ? "\r\n" : "connection: close\r\n\r\n");
}

/** A chunk of a body of `transfer-encoding: chunked`. */
export function httpChunk(text: string): string {
  return `${byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** The chunk that ends such a body. */
export const LAST_CHUNK = "0\r\n\r\n";

/** The length of a text in UTF-8. */
export function byteLength(text: string): number {
  return ONLY_ASCII_REGEXP.test(text) ? text.length : encoder.encode(text).length;
}
