import type { SseEvent } from "./sse.ts";

/** What a `LineParser` may be told. */
export interface LineParserOptions {
  /** The longest line that is accepted; 64 MiB unless given. */
  maxLineBytes?: number;
}

/** Thrown when a line grows beyond the limit; the parser is of no use afterwards. */
export class LineLimitError extends Error {
  override readonly name = "LineLimitError";

  constructor(maxLineBytes: number) {
    super(`a line of the stream is longer than ${maxLineBytes} bytes`);
  }
}

const DEFAULT_MAX_LINE_BYTES = 64 * 2 ** 20;
const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/**
 * An incremental parser of a stream with a JSON value on each line (NDJSON), over bytes as they come
 * from the network.
 *
 * A line ends in LF or CR LF; those of white space alone are skipped, and what follows the last line
 * end is a line, too. Each line is given as the data of an event. Only whole lines are decoded, each
 * read at once, so no character is ever cut in two.
 */
export class LineParser {
  readonly #emit: (event: SseEvent) => void;
  readonly #max: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The bytes of a line whose end has not come yet, at the front of a buffer that doubles. */
  #held = NOTHING;
  #heldBytes = 0;
  #atStart = true;

  /** `emit` is called with each line, in order, from within `push` and `end`. */
  constructor(emit: (event: SseEvent) => void, options: LineParserOptions = {}) {
    this.#emit = emit;
    this.#max = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  /**
   * Takes in what one network read brought; the caller may reuse `bytes` afterwards.
   *
   * Throws `LineLimitError`, after the lines before it, when a line is too long.
   */
  push(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > 0) this.#parse(end === bytes.length ? bytes : bytes.subarray(0, end));
    if (end < bytes.length) this.#hold(bytes.subarray(end));
  }

  /** The stream is over: delivers what is still unfinished. */
  end(): void {
    this.#parse(NOTHING);
  }

  /** Reads the lines of what was held and of `bytes`, which end where a line does. */
  #parse(bytes: Uint8Array): void {
    let whole = bytes;
    if (this.#heldBytes > 0) {
      this.#append(bytes);
      whole = this.#held.subarray(0, this.#heldBytes);
      this.#heldBytes = 0;
      this.#held = NOTHING;
    }
    let text = this.#decoder.decode(whole);
    if (this.#atStart && text !== "") {
      this.#atStart = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    for (const line of text.split("\n")) this.#line(line);
  }

  #line(line: string): void {
    if (line.length > this.#max) throw new LineLimitError(this.#max);
    const data = line.trim();
    if (data !== "") this.#emit({ event: "message", data, id: "" });
  }

  #hold(bytes: Uint8Array): void {
    if (this.#heldBytes + bytes.length > this.#max) throw new LineLimitError(this.#max);
    this.#append(bytes);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length;
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = needed;
  }
}
