import { HeldBytes } from "./held_bytes.ts";
import type { SseEvent } from "./sse.ts";
import { LineDecoder } from "./stream_text.ts";

/** What a `LineParser` may be told. */
export interface LineParserOptions {
  /** The longest line that is accepted; 32 MiB unless given. */
  maxLineBytes?: number;
}

/** Thrown when a line grows beyond the limit; the parser is of no use afterwards. */
export class LineLimitError extends Error {
  override readonly name = "LineLimitError";

  constructor(maxLineBytes: number) {
    super(`a line of the stream is longer than ${maxLineBytes} bytes`);
  }
}

const DEFAULT_MAX_LINE_BYTES = 32 * 2 ** 20;
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
  readonly #decoder = new LineDecoder({ cr: false });
  readonly #parse = (lines: string) => this.#parseLines(lines);
  /** A line whose end has not come yet. */
  readonly #held = new HeldBytes();

  /** `emit` is called with each line, in order, from within `push` and `end`. */
  constructor(emit: (event: SseEvent) => void, options: LineParserOptions = {}) {
    this.#emit = emit;
    this.#max = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
  }

  /**
   * Takes in what one network read brought; the caller may reuse `bytes` afterwards.
   *
   * Throws `LineLimitError` or `EncodingError`, after the lines before it, when a line is too long or
   * not in UTF-8.
   */
  push(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > 0) {
      const lines = end === bytes.length ? bytes : bytes.subarray(0, end);
      this.#decoder.decode(this.#held.takeWith(lines), this.#parse);
    }
    if (end === bytes.length) return;
    if (this.#held.length + bytes.length - end > this.#max) throw new LineLimitError(this.#max);
    this.#held.append(bytes.subarray(end));
  }

  /** The stream is over: delivers what is still unfinished; throws what `push` does. */
  end(): void {
    if (this.#held.length > 0) this.#decoder.decode(this.#held.takeWith(NOTHING), this.#parse);
  }

  #parseLines(lines: string): void {
    for (const line of lines.split("\n")) this.#line(line);
  }

  #line(line: string): void {
    if (line.length > this.#max) throw new LineLimitError(this.#max);
    const data = line.trim();
    if (data !== "") this.#emit({ event: "message", data, id: "" });
  }
}
