/** How much is read at a time; a buffer holds at least twice that. */
const READ_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** A line of a file, without its line end. */
export interface RawLine {
  /** Valid until the callback returns. */
  readonly bytes: Uint8Array;
  /** Where it begins in the file. */
  readonly offset: number;
  /** From 1. */
  readonly number: number;
  /** True when it is longer than the limit; `bytes` then holds its beginning. */
  readonly isTooLong: boolean;
}

/** Where lines are read from. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

/** What to do with the lines. */
export interface ReadLinesOptions {
  /** Longer lines are not held in memory, only announced. */
  readonly maxLineBytes: number;
  /** Returns false to read no further. */
  onLine(line: RawLine): boolean;
}

/**
 * Reads a file as a stream of lines, never holding more of it than the longest line and a little.
 *
 * What follows the last line end is a line unless it is empty. Lines end in `\n`; a `\r` before it
 * stays.
 */
export async function readLines(source: ByteSource, options: ReadLinesOptions): Promise<void> {
  const splitter = new LineSplitter(options);
  for (;;) {
    const read = await source.read(splitter.room());
    if (read === null) break;
    if (!splitter.take(read)) return;
  }
  splitter.end();
}

/** A buffer of which whole lines are taken from the front while more is read to its end. */
class LineSplitter {
  readonly #options: ReadLinesOptions;
  #buffer = new Uint8Array(2 * READ_BYTES);
  /** Where the line that is not complete begins, how far it was searched, where the bytes end. */
  #start = 0;
  #searched = 0;
  #end = 0;
  /** Where the buffer's first byte is in the file. */
  #base = 0;
  #number = 0;
  /** Whether the line that is not complete has been announced as too long. */
  #isSkipping = false;

  constructor(options: ReadLinesOptions) {
    this.#options = options;
  }

  room(): Uint8Array {
    if (this.#buffer.length - this.#end < READ_BYTES) this.#makeRoom();
    return this.#buffer.subarray(this.#end, this.#end + READ_BYTES);
  }

  /** False when no more lines are wanted. */
  take(bytes: number): boolean {
    this.#end += bytes;
    for (;;) {
      const at = this.#buffer.subarray(0, this.#end).indexOf(NEWLINE, this.#searched);
      if (at < 0) break;
      if (!this.#emit(at)) return false;
      this.#start = this.#searched = at + 1;
    }
    this.#searched = this.#end;
    if (this.#end - this.#start <= this.#options.maxLineBytes) return true;
    return this.#skip();
  }

  end(): void {
    if (this.#end > this.#start && !this.#isSkipping) this.#emit(this.#end);
  }

  #emit(end: number): boolean {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return true;
    }
    return this.#tell(end, end - this.#start > this.#options.maxLineBytes);
  }

  #tell(end: number, isTooLong: boolean): boolean {
    this.#number++;
    const bytes = this.#buffer.subarray(this.#start, end);
    return this.#options.onLine({
      bytes: isTooLong ? bytes.subarray(0, this.#options.maxLineBytes) : bytes,
      offset: this.#base + this.#start,
      number: this.#number,
      isTooLong,
    });
  }

  /** The line is too long already: announce it once and forget what there is of it. */
  #skip(): boolean {
    const goOn = this.#isSkipping || this.#tell(this.#end, true);
    this.#isSkipping = true;
    this.#start = this.#end;
    return goOn;
  }

  #makeRoom(): void {
    const rest = this.#end - this.#start;
    const target = rest + READ_BYTES > this.#buffer.length
      ? new Uint8Array(2 * this.#buffer.length)
      : this.#buffer;
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#base += this.#start;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = rest;
    this.#buffer = target;
  }
}
