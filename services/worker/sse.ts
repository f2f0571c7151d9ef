import { HeldBytes } from "./held_bytes.ts";
import { LineDecoder } from "./stream_text.ts";

/** One event of a `text/event-stream`. */
export interface SseEvent {
  /** The event's type: `message` unless the stream named another. */
  event: string;
  /** Its `data` lines, joined with LF. */
  data: string;
  /** The last event id that the stream has set so far; empty when it has set none. */
  id: string;
}

/** What an `SseParser` may be told. */
export interface SseParserOptions {
  /** The largest event, and the longest line, that is accepted; 32 MiB unless given. */
  maxEventBytes?: number;
}

/** Thrown when one event, or one line, grows beyond the limit; the parser is of no use afterwards. */
export class SseLimitError extends Error {
  override readonly name = "SseLimitError";

  constructor(maxEventBytes: number) {
    super(`an event of the stream is larger than ${maxEventBytes} bytes`);
  }
}

const DEFAULT_MAX_EVENT_BYTES = 32 * 2 ** 20;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const LINE_END = Uint8Array.of(LF);
/** What a line of data takes besides its text, at the least: `data:` and its end. */
const DATA_LINE_BYTES = 6;
/** More of a line than is ever shown. */
const STRAY_LENGTH = 1000;

/**
 * An incremental parser of server-sent events, over bytes as they come from the network.
 *
 * Follows the WHATWG HTML standard (section "Interpreting an event stream") with one difference:
 * `end` delivers a last event that lacks its blank line, which a browser would drop, because
 * servers that close early mean it. Only whole lines are decoded, each read at once, so no character is
 * ever cut in two and no decoder has to carry state.
 */
export class SseParser {
  readonly #emit: (event: SseEvent) => void;
  readonly #max: number;
  readonly #decoder = new LineDecoder({ cr: true });
  readonly #parse = (lines: string) => this.#parseLines(lines);
  /** A line whose end has not come yet. */
  readonly #held = new HeldBytes();
  /** The last read ended in CR, so a LF at the start of the next belongs to it. */
  #afterCr = false;

  #data: string | null = null;
  /** The bytes that the data lines of this event had, at the least. */
  #dataBytes = 0;
  #event = "";
  #id = "";
  #retryMs: number | null = null;
  #strayLine: string | null = null;

  /** `emit` is called with each event, in order, from within `push` and `end`. */
  constructor(emit: (event: SseEvent) => void, options: SseParserOptions = {}) {
    this.#emit = emit;
    this.#max = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
  }

  /** The reconnection time that the stream has asked for, in ms; null when it has not. */
  get retryMs(): number | null {
    return this.#retryMs;
  }

  /** The beginning of the first line that no stream of events has; null: there was none. */
  get strayLine(): string | null {
    return this.#strayLine;
  }

  /**
   * Takes in what one network read brought; the caller may reuse `bytes` afterwards.
   *
   * Throws `SseLimitError` or `EncodingError`, after the events before it, when an event is too large
   * or not in UTF-8.
   */
  push(bytes: Uint8Array): void {
    const length = bytes.length;
    if (length === 0) return;
    const start = this.#afterCr && bytes[0] === LF ? 1 : 0;
    this.#afterCr = bytes[length - 1] === CR;

    let end = length;
    while (end > start && bytes[end - 1] !== LF && bytes[end - 1] !== CR) end--;
    if (end > start) {
      const lines = end - start === length ? bytes : bytes.subarray(start, end);
      this.#decoder.decode(this.#held.takeWith(lines), this.#parse);
    }
    if (end === length) return;
    if (this.#held.length + length - end > this.#max) throw new SseLimitError(this.#max);
    this.#held.append(bytes.subarray(end));
  }

  /** The stream is over: delivers what is still unfinished; throws what `push` does. */
  end(): void {
    if (this.#held.length > 0) this.#decoder.decode(this.#held.takeWith(LINE_END), this.#parse);
    this.#dispatch();
  }

  /** `text`: whole lines, each with its end. */
  #parseLines(text: string): void {
    if (text.includes("\r")) return this.#parseMixedLines(text);
    let start = 0;
    while (start < text.length) {
      const end = text.indexOf("\n", start);
      this.#line(text, start, end);
      start = end + 1;
    }
  }

  #parseMixedLines(text: string): void {
    const lineEnd = /\r\n|\r|\n/g;
    let start = 0;
    for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
      this.#line(text, start, match.index);
      start = lineEnd.lastIndex;
    }
  }

  #line(text: string, start: number, end: number): void {
    if (start === end) return this.#dispatch();
    if (end - start > this.#max) throw new SseLimitError(this.#max);
    if (text.startsWith("data:", start)) {
      const skip = text.charCodeAt(start + 5) === SPACE ? 6 : 5;
      this.#addData(text.slice(start + skip, end));
    } else if (text.charCodeAt(start) !== COLON) {
      this.#field(text.slice(start, end));
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? "" : line.slice(colon + 1);
    const value = rest.startsWith(" ") ? rest.slice(1) : rest;
    if (name === "data") this.#addData(value);
    else if (name === "event") this.#event = value;
    else if (name === "id") this.#id = value.includes("\0") ? this.#id : value;
    else if (name !== "retry") this.#strayLine ??= line.slice(0, STRAY_LENGTH);
    else if (/^[0-9]+$/.test(value)) this.#retryMs = Number(value);
  }

  #addData(value: string): void {
    this.#dataBytes += value.length + DATA_LINE_BYTES;
    if (this.#data === null) {
      this.#data = value;
      return;
    }
    if (this.#dataBytes > this.#max) throw new SseLimitError(this.#max);
    this.#data += "\n" + value;
  }

  #dispatch(): void {
    const data = this.#data;
    const event = this.#event;
    this.#data = null;
    this.#dataBytes = 0;
    this.#event = "";
    if (data !== null) this.#emit({ event: event === "" ? "message" : event, data, id: this.#id });
  }
}
