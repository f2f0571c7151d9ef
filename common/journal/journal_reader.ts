import type { JournalEntry, JournalHeader } from "../model/journal.ts";
import { LineReader } from "../runtime/line_reader.ts";
import { JournalError, JournalLineError, parseEntry, parseHeader } from "./journal_line.ts";

/** Told of a line that cannot be used, which is left out; the first line is 1. */
export type BadLineHandler = (line: number, problem: string) => void;

/** Reads a journal a piece at a time, whatever became of the run that wrote it. */
export class JournalReader implements Disposable {
  readonly header: JournalHeader;
  readonly #lines: LineReader;
  readonly #onBadLine: BadLineHandler;
  #ready: string[];
  #lineNumber = 1;

  /** Use `JournalReader.open()`. */
  constructor(header: JournalHeader, lines: LineReader, rest: {
    ready: string[];
    onBadLine: BadLineHandler;
  }) {
    this.header = header;
    this.#lines = lines;
    this.#ready = rest.ready;
    this.#onBadLine = rest.onBadLine;
  }

  /** Opens a journal; rejects with a JournalError when it is none, or what the file system says. */
  static async open(path: string, onBadLine: BadLineHandler = () => {}): Promise<JournalReader> {
    const lines = await LineReader.open(path);
    try {
      const [first, ...ready] = await firstLines(lines);
      return new JournalReader(parseHeader(first!), lines, { ready, onBadLine });
    } catch (error) {
      lines[Symbol.dispose]();
      throw error;
    }
  }

  /** Where the lines end that have been read so far, in bytes. */
  get offset(): number {
    return this.#lines.offset;
  }

  /** Bytes of a last line that has no end: whoever wrote it was cut off. */
  get tornBytes(): number {
    return this.#lines.restBytes;
  }

  /** Some more entries; null at the end of the file. */
  async next(): Promise<JournalEntry[] | null> {
    const lines = this.#ready.length > 0 ? this.#ready : await this.#lines.next();
    this.#ready = [];
    if (lines === null) return null;
    const entries: JournalEntry[] = [];
    for (const line of lines) this.#parse(line, entries);
    return entries;
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }

  #parse(line: string, entries: JournalEntry[]): void {
    this.#lineNumber++;
    try {
      entries.push(parseEntry(line));
    } catch (error) {
      if (!(error instanceof JournalLineError)) throw error;
      this.#onBadLine(this.#lineNumber, error.message);
    }
  }
}

async function firstLines(lines: LineReader): Promise<string[]> {
  for (;;) {
    const some = await lines.next();
    if (some === null) throw new JournalError("it is no journal of aiperf: it has no whole line");
    if (some.length > 0) return some;
  }
}
