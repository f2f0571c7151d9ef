/** Thrown when bytes are not UTF-8, which is what event streams and JSON are always in. */
export class EncodingError extends Error {
  override readonly name = "EncodingError";

  constructor() {
    super("the stream is not in UTF-8");
  }
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

/** Where the lines of a stream end: LF and CR LF always; `cr`: a CR alone, too, as in event streams. */
export interface LineEnds {
  readonly cr: boolean;
}

/**
 * Decodes the whole lines of a stream, as many as came together at once.
 *
 * A byte order mark at the very start of the stream is dropped. Lines before one that is not in UTF-8
 * come through, however they were cut by the network.
 */
export class LineDecoder {
  /** `ignoreBOM` keeps the mark in the text: only one at the very start of the stream is dropped. */
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #ends: LineEnds;
  #atStart = true;

  constructor(ends: LineEnds) {
    this.#ends = ends;
  }

  /**
   * Gives the text of `bytes`, which are whole lines, to `take`: in one piece, if all is well.
   *
   * Throws an EncodingError after the lines before the first that is not in UTF-8.
   */
  decode(bytes: Uint8Array, take: (lines: string) => void): void {
    const text = this.#textOf(bytes);
    if (text !== null) return take(text);
    for (const line of linesOf(bytes, this.#ends)) {
      const alone = this.#textOf(line);
      if (alone === null) throw new EncodingError();
      take(alone);
    }
  }

  #textOf(bytes: Uint8Array): string | null {
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch {
      return null;
    }
    if (!this.#atStart || text === "") return text;
    this.#atStart = false;
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }
}

/** Each line with its end; no byte of another character looks like one. */
function* linesOf(bytes: Uint8Array, { cr }: LineEnds): Generator<Uint8Array> {
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isEnd = bytes[i] === LF || cr && bytes[i] === CR && bytes[i + 1] !== LF;
    if (isEnd) yield bytes.subarray(start, start = i + 1);
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

/** Decodes a text piece by piece; what is not UTF-8 becomes the replacement character, and is noted. */
export class TextGatherer {
  readonly #decoder = new TextDecoder("utf-8");
  /** Says only whether all is well: a text that is not must not depend on how it was cut. */
  readonly #strict = new TextDecoder("utf-8", { fatal: true });
  #isUtf8 = true;
  #text = "";

  /** Whether all that came was UTF-8. */
  get isUtf8(): boolean {
    return this.#isUtf8;
  }

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  /** Takes in the next bytes, which the caller may reuse afterwards. */
  push(bytes: Uint8Array): void {
    this.#decode(bytes, true);
  }

  /** Nothing more comes. */
  end(): void {
    this.#decode(new Uint8Array(0), false);
  }

  #decode(bytes: Uint8Array, stream: boolean): void {
    this.#text += this.#decoder.decode(bytes, { stream });
    if (!this.#isUtf8) return;
    try {
      this.#strict.decode(bytes, { stream });
    } catch {
      this.#isUtf8 = false;
    }
  }
}
