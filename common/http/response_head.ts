import { HttpSyntaxError } from "./http_error.ts";

/** How the end of an answer's body is told. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until close" };

/** The status line and the headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** The server's own words, else the usual ones. */
  readonly statusText: string;
  /** By lower-case name; the values of a name that comes twice are joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: BodyFraming;
  /** Whether the server takes another request on the same connection. */
  readonly isKeptOpen: boolean;
  /** After how long without a request the server closes the connection, as it says; else null. */
  readonly keepAliveMs: number | null;
}

const STATUS_LINE_REGEXP = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;
const NAME_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL_REGEXP = /[\0\r\n]/;

/** What the commonest failures are called, by servers that leave it out. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [413, "Content Too Large"],
  [415, "Unsupported Media Type"],
  [422, "Unprocessable Content"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);

/**
 * Reads the head of an answer: `text` is everything before the empty line (RFC 9112, sections 4, 5).
 *
 * A line may end in LF alone. Throws HttpSyntaxError.
 */
export function parseHead(text: string): ResponseHead {
  const [statusLine, ...lines] = text.split(/\r?\n/);
  const match = STATUS_LINE_REGEXP.exec(statusLine!);
  if (match === null) throw new HttpSyntaxError("a status line that is none");
  const status = Number(match[2]);
  const headers = parseHeaders(lines);
  const framing = framingOf(status, headers);
  return {
    status,
    statusText: match[3]?.trim() || (REASONS.get(status) ?? ""),
    headers,
    framing,
    isKeptOpen: framing.kind !== "until close" && isKeptOpen(match[1] === "1", headers),
    keepAliveMs: keepAliveMs(headers.get("keep-alive")),
  };
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!NAME_REGEXP.test(name) || CONTROL_REGEXP.test(line)) {
      throw new HttpSyntaxError("a header line that is none");
    }
    const value = line.slice(colon + 1).trim();
    const known = headers.get(name);
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}

/** RFC 9112, section 6.3; chunks win over a length. */
function framingOf(status: number, headers: ReadonlyMap<string, string>): BodyFraming {
  if (status < 200 || status === 204 || status === 304) return { kind: "none" };
  const coding = headers.get("transfer-encoding")?.toLowerCase() ?? "identity";
  if (coding === "chunked") return { kind: "chunked" };
  // Others may only be sent to those who ask for them.
  if (coding !== "identity") throw new HttpSyntaxError("an unknown Transfer-Encoding");
  const length = headers.get("content-length");
  if (length === undefined) return { kind: "until close" };
  // The same length said twice is a common slip of proxies, and harmless.
  const [first, ...others] = length.split(/\s*,\s*/);
  if (!/^\d{1,15}$/.test(first!) || others.some((other) => other !== first)) {
    throw new HttpSyntaxError("a Content-Length that is none");
  }
  return { kind: "length", bytes: Number(first) };
}

function isKeptOpen(isHttp11: boolean, headers: ReadonlyMap<string, string>): boolean {
  const wishes = headers.get("connection")?.toLowerCase().split(/\s*,\s*/) ?? [];
  return isHttp11 ? !wishes.includes("close") : wishes.includes("keep-alive");
}

function keepAliveMs(value: string | undefined): number | null {
  const match = value === undefined ? null : /(?:^|[\s,;])timeout\s*=\s*"?(\d{1,9})/i.exec(value);
  return match === null ? null : Number(match[1]) * 1000;
}
