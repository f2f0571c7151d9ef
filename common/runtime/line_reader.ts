const READ_BYTES = 256 * 1024;

/** A line that is longer is no line of ours: reading it would only fill the memory. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

const LINE_END = 0x0a;

/** Takes bytes as they come and gives back the lines that they complete. */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #rest: Uint8Array = new Uint8Array(0);
  #consumed = 0;

  /** Bytes of all lines so far, their ends included. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Bytes of the line that is not complete yet. */
  get restBytes(): number {
    return this.#rest.length;
  }

  /** Adds bytes, which may be used again afterwards; returns the lines that they complete. */
  push(bytes: Uint8Array): string[] {
    const end = bytes.lastIndexOf(LINE_END) + 1;
    if (end === 0) {
      if (this.#rest.length + bytes.length > MAX_LINE_BYTES) {
        throw new RangeError(`a line is longer than ${MAX_LINE_BYTES} bytes`);
      }
      this.#rest = joined(this.#rest, bytes);
      return [];
    }
    const complete = joined(this.#rest, bytes.subarray(0, end));
    this.#rest = bytes.slice(end);
    this.#consumed += complete.length;
    const lines = this.#decoder.decode(complete).split("\n");
    lines.pop();
    return lines;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second.slice();
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Reads the lines of a file from its start, and what is written to it later when asked again. */
export class LineReader implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #splitter = new LineSplitter();
  readonly #buffer = new Uint8Array(READ_BYTES);

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Opens a file; rejects when it cannot be read. */
  static async open(path: string): Promise<LineReader> {
    return new LineReader(await Deno.open(path, { read: true }));
  }

  /** Where the first line that was not given back yet begins, in bytes. */
  get offset(): number {
    return this.#splitter.consumed;
  }

  /** Bytes after the last line end: a line that is half written, or torn. */
  get restBytes(): number {
    return this.#splitter.restBytes;
  }

  /** Some more lines, none when a piece of the file held no line end; null at its present end. */
  async next(): Promise<string[] | null> {
    const bytes = await this.#file.read(this.#buffer);
    return bytes === null ? null : this.#splitter.push(this.#buffer.subarray(0, bytes));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
