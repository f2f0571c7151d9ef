import { ByteWindow } from "./byte_window.ts";

const NEWLINE = 0x0a;

/** A line of a file, without its line end, or another piece of it. */
export interface RawLine {
  /** Valid until the callback returns. */
  readonly bytes: Uint8Array;
  /** Where it begins in the file. */
  readonly offset: number;
  /** Of the line that it begins in, from 1. */
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
  /** Called after each piece that was read; reading goes on when it resolves. */
  onPiece?(bytes: number): Promise<void> | void;
}

/** Cuts what is read to its window into pieces. */
export interface Splitter {
  readonly window: ByteWindow;
  /** More bytes are in the window; false when no more pieces are wanted. */
  take(): boolean;
  /** The file is at its end. */
  end(): void;
}

/**
 * Reads a file as a stream of lines, never holding more of it than the longest line and a little.
 *
 * What follows the last line end is a line unless it is empty. Lines end in `\n`; a `\r` before it
 * stays.
 */
export async function readLines(source: ByteSource, options: ReadLinesOptions): Promise<void> {
  await readPieces(source, new LineSplitter(options), options);
}

/** Reads a file through a splitter. */
export async function readPieces(
  source: ByteSource,
  splitter: Splitter,
  { onPiece }: Pick<ReadLinesOptions, "onPiece">,
): Promise<void> {
  const { window } = splitter;
  for (;;) {
    const read = await source.read(window.room());
    if (read === null) break;
    window.end += read;
    if (!splitter.take()) return;
    await onPiece?.(read);
  }
  splitter.end();
}

/** Where the piece ends that begins at the window's start, and what is said of it. */
export interface PieceEnd extends Pick<RawLine, "number" | "isTooLong"> {
  readonly end: number;
}

/** Tells of the piece at the window's start; false when no more is wanted. */
export function tellPiece(
  window: ByteWindow,
  { onLine, maxLineBytes }: ReadLinesOptions,
  { end, number, isTooLong }: PieceEnd,
): boolean {
  const bytes = window.bytes.subarray(window.start, end);
  return onLine({
    bytes: isTooLong ? bytes.subarray(0, maxLineBytes) : bytes,
    offset: window.offsetOf(window.start),
    number,
    isTooLong,
  });
}

class LineSplitter implements Splitter {
  readonly window = new ByteWindow();
  readonly #options: ReadLinesOptions;
  #number = 0;
  /** Whether the line that is not complete has been announced as too long. */
  #isSkipping = false;

  constructor(options: ReadLinesOptions) {
    this.#options = options;
  }

  take(): boolean {
    const { window } = this;
    const { bytes } = window;
    for (;;) {
      const at = bytes.indexOf(NEWLINE, window.searched);
      if (at < 0) break;
      if (!this.#emit(at)) return false;
      window.start = window.searched = at + 1;
    }
    window.searched = window.end;
    if (window.end - window.start <= this.#options.maxLineBytes) return true;
    return this.#skip();
  }

  end(): void {
    const { start, end } = this.window;
    if (end > start && !this.#isSkipping) this.#emit(end);
  }

  #emit(end: number): boolean {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return true;
    }
    return this.#tell(end, end - this.window.start > this.#options.maxLineBytes);
  }

  #tell(end: number, isTooLong: boolean): boolean {
    this.#number++;
    return tellPiece(this.window, this.#options, { end, number: this.#number, isTooLong });
  }

  /** The line is too long already: announce it once and forget what there is of it. */
  #skip(): boolean {
    const goOn = this.#isSkipping || this.#tell(this.window.end, true);
    this.#isSkipping = true;
    this.window.start = this.window.end;
    return goOn;
  }
}
