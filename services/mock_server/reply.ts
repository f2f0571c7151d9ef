import { ApiError } from "./apis/api_error.ts";
import type { LogEntry, RequestLog } from "./request_log.ts";
import type { StreamText } from "./stream_text.ts";
import type { TokenSchedule } from "./token_schedule.ts";

/** An answer that is being written; pure, so that a test can play the clock and the socket. */
export interface Reply {
  /** When there is something to write next, milliseconds since 1970. */
  readonly dueMs: number;
  /** Whether nothing is left to write. */
  readonly done: boolean;
  /** Whether the connection is to be closed once `done`. */
  readonly close: boolean;
  /** Everything due at `nowMs`; to be called when `dueMs` has come and the socket takes bytes. */
  take(nowMs: number): Uint8Array<ArrayBuffer>;
  /** What {@linkcode take} returned goes to the socket now. */
  written(atMs: number): void;
  /** The client is gone. */
  abort(atMs: number): void;
}

/** Where a reply notes its times; null for requests that are not logged. */
export interface ReplyLog {
  readonly log: RequestLog;
  readonly entry: LogEntry;
}

/** The bytes of an answer that is written at once. */
export interface PlainReplyOptions {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly dueMs: number;
  readonly close: boolean;
  /** Tokens of the answer. */
  readonly tokens: number;
  /** Whether the bytes are less than the answer on purpose. */
  readonly isCut?: boolean;
  readonly logged: ReplyLog | null;
}

/** An answer that is written whole at one time. */
export class PlainReply implements Reply {
  readonly dueMs: number;
  readonly close: boolean;
  readonly #options: PlainReplyOptions;
  #done = false;

  constructor(options: PlainReplyOptions) {
    this.#options = options;
    this.dueMs = options.dueMs;
    this.close = options.close;
  }

  get done(): boolean {
    return this.#done;
  }

  take(): Uint8Array<ArrayBuffer> {
    this.#done = true;
    return this.#options.bytes;
  }

  written(atMs: number): void {
    const { logged, status, tokens, isCut = false } = this.#options;
    if (logged === null) return;
    logged.entry.status = status;
    logged.entry.wrote(atMs, tokens);
    logged.log.end(logged.entry, status < 400 && !isCut ? "finished" : "error", atMs);
  }

  abort(atMs: number): void {
    this.#options.logged?.log.end(this.#options.logged.entry, "aborted", atMs);
  }
}

/** How a stream goes wrong on purpose: not, by a closed connection, or by an error event. */
export type StreamFault = "none" | "disconnect" | "error-event";

/** A streamed answer. */
export interface StreamReplyOptions {
  /** Tokens of the whole answer. */
  readonly outputTokens: number;
  /** Tokens in one event, which is due when the last of them is. */
  readonly chunkTokens: number;
  readonly text: StreamText;
  readonly schedule: TokenSchedule;
  readonly receivedMs: number;
  readonly close: boolean;
  readonly fault: StreamFault;
  readonly logged: ReplyLog;
}

/** A write is not longer than this many tokens, about 100 kB. */
const MAX_TOKENS_PER_WRITE = 512;
const encoder = new TextEncoder();

/**
 * A streamed answer: headers and role at once, then each token when it is due.
 *
 * Tokens that are due together (no pause between them, a slow reader, a late timer) share one write. The
 * closing events go with the last token.
 */
export class StreamReply implements Reply {
  readonly #options: StreamReplyOptions;
  /** Tokens to be written before the end, or before the fault. */
  readonly #tokens: number;
  #opened = false;
  #done = false;
  /** Content tokens taken so far. */
  #sent = 0;
  /** Content tokens in the bytes taken last. */
  #taken = 0;

  constructor(options: StreamReplyOptions) {
    this.#options = options;
    const { fault, outputTokens } = options;
    this.#tokens = fault === "none" ? outputTokens : Math.floor(outputTokens / 2);
    this.#aim();
  }

  get dueMs(): number {
    const { receivedMs, schedule } = this.#options;
    return this.#opened ? receivedMs + schedule.offsetMs : receivedMs;
  }

  get done(): boolean {
    return this.#done;
  }

  get close(): boolean {
    return this.#options.close || this.#options.fault === "disconnect";
  }

  take(nowMs: number): Uint8Array<ArrayBuffer> {
    const { text, schedule, receivedMs } = this.#options;
    const from = this.#sent;
    const limit = Math.min(this.#tokens, from + MAX_TOKENS_PER_WRITE);
    while (this.#sent < limit && receivedMs + schedule.offsetMs <= nowMs) {
      this.#sent = schedule.index + 1;
      this.#aim();
    }
    this.#taken = this.#sent - from;
    const opening = this.#opened ? "" : text.opening();
    this.#opened = true;
    // A fault comes when the token in whose place it stands would have come.
    this.#done = this.#sent === this.#tokens &&
      (this.#options.fault === "none" || receivedMs + schedule.offsetMs <= nowMs);
    const closing = this.#done ? this.#closing() : "";
    return encoder.encode(opening + text.tokens(from, this.#sent) + closing);
  }

  written(atMs: number): void {
    const { log, entry } = this.#options.logged;
    entry.status = 200;
    entry.wrote(atMs, this.#taken);
    if (!this.#done) return;
    log.end(entry, this.#options.fault === "none" ? "finished" : "error", atMs);
  }

  abort(atMs: number): void {
    this.#options.logged.log.end(this.#options.logged.entry, "aborted", atMs);
  }

  /** Has the schedule show when the next chunk is due, or what stands in the place of one. */
  #aim(): void {
    const { schedule, chunkTokens } = this.#options;
    const left = this.#tokens - this.#sent;
    schedule.advanceTo(left === 0 ? this.#tokens : this.#sent + Math.min(chunkTokens, left) - 1);
  }

  #closing(): string {
    const { text, fault } = this.#options;
    if (fault === "disconnect") return "";
    if (fault === "none") return text.closing();
    return text.failure(new ApiError(500, "The mock server failed on purpose"));
  }
}
