/** One complete HTTP/1.1 request. */
export interface HttpRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: string;
  /** Those that matter here, by lower-case name; repeated ones are joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Valid until the parser is given more bytes. */
  readonly body: Uint8Array;
  /** Whether the connection may be used again after the answer. */
  readonly keepAlive: boolean;
}

/** Bytes that are not an HTTP request this server can read; the connection cannot be used any more. */
export class HttpSyntaxError extends Error {
  override name = "HttpSyntaxError";
  /** Status of the answer to give before closing. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const NOTHING = new Uint8Array(0);
const MAX_CHUNK_LINE = 1024;
const CR = 13;
const LF = 10;
const TLS_HANDSHAKE = 22;
const SPACE = 32;
const DELETE = 127;
const REQUEST_LINE_REGEXP = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.([01])$/;
/** The headers that are kept; the others are skipped without a copy, for this is the hot path. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  "anthropic-version",
  "connection",
  "content-length",
  "content-type",
  "expect",
  "transfer-encoding",
  "x-request-id",
]);
const KEPT_LENGTHS: ReadonlySet<number> = new Set([...KEPT_HEADERS].map((name) => name.length));
const CHUNK_SIZE_REGEXP = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: Map<string, string>;
  readonly keepAlive: boolean;
  /** Body length, or -1 when it comes in chunks. */
  readonly length: number;
}

/**
 * Cuts a byte stream into HTTP/1.1 requests, however the bytes are split.
 *
 * Understands keep-alive, pipelining, `Content-Length` and chunked bodies. Pure: it does no I/O.
 */
export class HttpRequestParser {
  readonly #decoder = new TextDecoder();
  /** What is to be parsed: in own memory, or still in the caller's. */
  #bytes: Uint8Array = NOTHING;
  #isBorrowed = false;
  #start = 0;
  #end = 0;
  /** Before it no head ends; what has been taken since may reach further. */
  #scanned = 0;
  #head: Head | null = null;
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;
  #inTrailer = false;
  #continueWanted = false;

  /**
   * Adds what was read; the bytes must not change until {@linkcode next} has returned null.
   *
   * So requests that come complete in one read, which is nearly all, are parsed in place.
   */
  push(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = bytes;
      this.#isBorrowed = true;
      this.#start = this.#scanned = 0;
      this.#end = bytes.length;
      return;
    }
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next complete request, or null when more bytes are needed.
   *
   * @throws {HttpSyntaxError} if the bytes are not a legal request or exceed the limits.
   */
  next(): HttpRequest | null {
    const request = this.#next();
    if (request === null && this.#isBorrowed && this.#start < this.#end) this.#makeRoom(0);
    return request;
  }

  #next(): HttpRequest | null {
    if (this.#head === null) {
      this.#head = this.#readHead();
      if (this.#head === null) return null;
      this.#continueWanted = this.#head.headers.get("expect")?.toLowerCase() === "100-continue";
    }
    const head = this.#head;
    const body = head.length < 0 ? this.#readChunks() : this.#readFixed(head.length);
    if (body === null) return null;
    this.#head = null;
    this.#continueWanted = false;
    const queryAt = head.target.indexOf("?");
    return {
      method: head.method,
      path: queryAt < 0 ? head.target : head.target.slice(0, queryAt),
      query: queryAt < 0 ? "" : head.target.slice(queryAt + 1),
      headers: head.headers,
      body,
      keepAlive: head.keepAlive,
    };
  }

  /** Whether the client waits for `100 Continue` before it sends the body; true once per request. */
  takeContinue(): boolean {
    const wanted = this.#continueWanted;
    this.#continueWanted = false;
    return wanted;
  }

  /** Sees that what is left, and `count` bytes more, are in own memory. */
  #makeRoom(count: number): void {
    const kept = this.#end - this.#start;
    if (!this.#isBorrowed && this.#end + count <= this.#bytes.length) return;
    const isFull = this.#isBorrowed || kept + count > this.#bytes.length;
    const target = isFull ? new Uint8Array(2 * (kept + count)) : this.#bytes;
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#isBorrowed = false;
    this.#scanned -= this.#start;
    this.#start = 0;
    this.#end = kept;
  }

  #readHead(): Head | null {
    // Empty lines before a request are to be ignored (RFC 9112, 2.2).
    while (this.#end - this.#start >= 2 && this.#bytes[this.#start] === CR) {
      if (this.#bytes[this.#start + 1] !== LF) throw new HttpSyntaxError(400, "Bad request line");
      this.#start += 2;
    }
    this.#checkStart();
    const end = this.#findHeadEnd();
    if ((end < 0 ? this.#end : end) - this.#start > MAX_HEAD_BYTES) {
      throw new HttpSyntaxError(431, `Request head is longer than ${MAX_HEAD_BYTES} bytes`);
    }
    if (end < 0) return null;
    const text = this.#decoder.decode(this.#bytes.subarray(this.#start, end));
    this.#start = end + 4;
    return parseHead(text);
  }

  /** A client of another protocol may wait for an answer before it says more. */
  #checkStart(): void {
    if (this.#start === this.#end) return;
    const first = this.#bytes[this.#start]!;
    if (first === TLS_HANDSHAKE) throw new HttpSyntaxError(400, "This server has no https://");
    // What a method may begin with, or the first half of an empty line.
    const isLegal = (first > SPACE && first < DELETE) || first === CR;
    if (!isLegal) throw new HttpSyntaxError(400, "This is no HTTP request");
  }

  #findHeadEnd(): number {
    const bytes = this.#bytes;
    for (let at = Math.max(this.#start, this.#scanned - 3); at + 3 < this.#end; at++) {
      if (
        bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF
      ) return at;
    }
    this.#scanned = this.#end;
    return -1;
  }

  #readFixed(length: number): Uint8Array | null {
    if (this.#end - this.#start < length) return null;
    const body = this.#bytes.subarray(this.#start, this.#start + length);
    this.#start += length;
    return body;
  }

  #readChunks(): Uint8Array | null {
    for (;;) {
      const line = this.#peekLine();
      if (line === null) return null;
      if (this.#inTrailer) {
        this.#start = line.next;
        if (line.text !== "") continue;
        this.#inTrailer = false;
        return this.#joinChunks();
      }
      const size = Number.parseInt(CHUNK_SIZE_REGEXP.exec(line.text)?.[1] ?? "", 16);
      if (Number.isNaN(size)) throw new HttpSyntaxError(400, "Bad chunk size");
      if (this.#chunkBytes + size > MAX_BODY_BYTES) throw tooLarge();
      if (size === 0) {
        this.#start = line.next;
        this.#inTrailer = true;
        continue;
      }
      if (this.#end - line.next < size + 2) return null;
      this.#takeChunk(line.next, size);
    }
  }

  #takeChunk(at: number, size: number): void {
    if (this.#bytes[at + size] !== CR || this.#bytes[at + size + 1] !== LF) {
      throw new HttpSyntaxError(400, "Chunk is longer than its size says");
    }
    this.#chunks.push(this.#bytes.slice(at, at + size));
    this.#chunkBytes += size;
    this.#start = at + size + 2;
  }

  #peekLine(): { text: string; next: number } | null {
    const limit = Math.min(this.#end, this.#start + MAX_CHUNK_LINE);
    for (let at = this.#start; at + 1 < limit; at++) {
      if (this.#bytes[at] !== CR || this.#bytes[at + 1] !== LF) continue;
      const text = this.#decoder.decode(this.#bytes.subarray(this.#start, at));
      return { text, next: at + 2 };
    }
    if (limit < this.#end) throw new HttpSyntaxError(400, "Chunk header is too long");
    return null;
  }

  #joinChunks(): Uint8Array {
    const body = new Uint8Array(this.#chunkBytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      body.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.#chunkBytes = 0;
    return body;
  }
}

function parseHead(text: string): Head {
  const found = text.indexOf("\r\n");
  const lineEnd = found < 0 ? text.length : found;
  const requestLine = REQUEST_LINE_REGEXP.exec(text.slice(0, lineEnd));
  if (requestLine === null) throw new HttpSyntaxError(400, "Bad request line");
  const headers = parseHeaders(text, lineEnd + 2);
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const keepAlive = requestLine[3] === "1"
    ? !connection.includes("close")
    : connection.includes("keep-alive");
  const length = bodyLength(headers);
  if (length > MAX_BODY_BYTES) throw tooLarge();
  return { method: requestLine[1]!, target: requestLine[2]!, headers, keepAlive, length };
}

function parseHeaders(text: string, from: number): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = from; at < text.length;) {
    const found = text.indexOf("\r\n", at);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(":", at);
    if (colon <= at || colon >= end) throw new HttpSyntaxError(400, "Bad header line");
    if (text.charCodeAt(colon - 1) <= 32) throw new HttpSyntaxError(400, "Bad header line");
    if (KEPT_LENGTHS.has(colon - at)) {
      const name = text.slice(at, colon).toLowerCase();
      if (KEPT_HEADERS.has(name)) {
        const value = text.slice(colon + 1, end).trim();
        const earlier = headers.get(name);
        headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
      }
    }
    at = end + 2;
  }
  return headers;
}

function bodyLength(headers: Map<string, string>): number {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding !== undefined) {
    if (length !== undefined) {
      throw new HttpSyntaxError(400, "Both Content-Length and Transfer-Encoding are given");
    }
    if (coding.toLowerCase() !== "chunked") {
      throw new HttpSyntaxError(501, `Transfer-Encoding is not supported: ${coding}`);
    }
    return -1;
  }
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new HttpSyntaxError(400, "Bad Content-Length");
  return Number(length);
}

function tooLarge(): HttpSyntaxError {
  return new HttpSyntaxError(413, `Request body is longer than ${MAX_BODY_BYTES} bytes`);
}
