import { ByteWindow } from "./byte_window.ts";
import {
  type ByteSource,
  type ReadLinesOptions,
  readPieces,
  type Splitter,
  tellPiece,
} from "./read_lines.ts";

const HEAD_REGEXP = /^\uFEFF?\s*\{\s*"data"\s*:\s*\[/;

/** Elements are this deep: in the list `data` of the object that the file is. */
const ELEMENT_DEPTH = 2;

/** Whether a file that begins so is one object that begins with a list `data`. */
export function isDocument(head: Uint8Array): boolean {
  return HEAD_REGEXP.test(new TextDecoder().decode(head));
}

/**
 * Reads the elements of the list `data` that a JSON file begins with, as `readLines` reads lines.
 *
 * Only objects are told of. Whether they are valid JSON is for the caller to see; what the file ends
 * in the midst of is told of as it is.
 */
export async function readElements(source: ByteSource, options: ReadLinesOptions): Promise<void> {
  await readPieces(source, new ElementSplitter(options), options);
}

class ElementSplitter implements Splitter {
  readonly window = new ByteWindow();
  readonly #options: ReadLinesOptions;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isDone = false;
  /** The line that is read, and that of the element's first byte. */
  #line = 1;
  #firstLine = 1;
  /** Whether the element has been announced as too long. */
  #isSkipping = false;

  constructor(options: ReadLinesOptions) {
    this.#options = options;
  }

  take(): boolean {
    const { window } = this;
    const { bytes } = window;
    for (let at = window.searched; at < window.end; at++) {
      if (!this.#read(bytes[at]!, at) || this.#isDone) return false;
    }
    window.searched = window.end;
    if (this.#depth <= ELEMENT_DEPTH) window.start = window.end;
    if (window.end - window.start <= this.#options.maxLineBytes) return true;
    const goOn = this.#isSkipping || this.#tell(window.end, true);
    this.#isSkipping = true;
    window.start = window.end;
    return goOn;
  }

  end(): void {
    if (!this.#isDone && this.#depth > ELEMENT_DEPTH) this.#tell(this.window.end, this.#isSkipping);
  }

  /** False when no more is wanted. */
  #read(byte: number, at: number): boolean {
    if (byte === 0x0a) this.#line++;
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === 0x5c) this.#isEscaped = true;
      else if (byte === 0x22) this.#isInString = false;
      return true;
    }
    switch (byte) {
      case 0x22:
        this.#isInString = true;
        return true;
      case 0x7b:
      case 0x5b:
        if (this.#depth++ === ELEMENT_DEPTH) this.#begin(at);
        return true;
      case 0x7d:
      case 0x5d:
        return this.#close(at + 1);
    }
    return true;
  }

  #begin(at: number): void {
    this.window.start = at;
    this.#firstLine = this.#line;
  }

  #close(end: number): boolean {
    this.#depth--;
    if (this.#depth < ELEMENT_DEPTH) this.#isDone = true;
    if (this.#depth !== ELEMENT_DEPTH) return true;
    const wasSkipped = this.#isSkipping;
    this.#isSkipping = false;
    const goOn = wasSkipped ||
      this.#tell(end, end - this.window.start > this.#options.maxLineBytes);
    this.window.start = end;
    return goOn;
  }

  #tell(end: number, isTooLong: boolean): boolean {
    return tellPiece(this.window, this.#options, { end, number: this.#firstLine, isTooLong });
  }
}
