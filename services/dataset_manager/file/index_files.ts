import type { DatasetFile } from "../../../common/model/dataset_file.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent } from "../formats/format.ts";
import { CumulativeRows } from "./cumulative_rows.ts";
import { kindProblem } from "./file_kinds.ts";
import type { InputSource } from "./input_file.ts";
import { LineIndex } from "./line_index.ts";
import type { LineReader } from "./line_reader.ts";
import { isDocument, readElements } from "./read_elements.ts";
import { type RawLine, readLines } from "./read_lines.ts";

/** More than any prompt needs, and less than a message between services may have. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** So much of the files is checked before the first request is sent: a tenth of a second's work. */
const HEAD_BYTES = 1024 * 1024;

/** Lines with something wrong that are looked for; reading on would not help anyone. */
const MOST_BAD_LINES = 100;

/** Bytes that tell lines from a document. */
const FIRST_BYTES = 256;

/** What is indexed. */
export interface IndexOptions {
  readonly file: DatasetFile;
  /** In the order in which they are read; each file of several is one conversation. */
  readonly sources: readonly InputSource[];
  /** One for each source. */
  readonly readers: readonly LineReader[];
  /** Throws a FieldError where a line is of no use to the run; absent: all are. */
  readonly check?: (content: LineContent) => void;
  /** Called between two pieces, once the head is done: others have to have their turn. */
  rest?(busyMs: number, signal: AbortSignal): Promise<void>;
  /** Called after each piece that somebody waits for: so many bytes of the files have been read. */
  onLook?(bytes: number): void;
  nowMs(): number;
}

/** The lines of files, found and checked one after the other while others use what is known. */
export class FileIndexing {
  readonly index = new LineIndex();
  readonly cumulative = new CumulativeRows();
  readonly #options: IndexOptions;
  readonly #bad: string[] = [];
  readonly #head = Promise.withResolvers<void>();
  #badCount = 0;
  #bytes = 0;
  #isHeadDone = false;
  #isComplete = false;
  /** Whether somebody waits for all of it. */
  #isUrgent = false;
  #waiting: { readonly beyond: number; readonly resolve: () => void }[] = [];
  #pieceStartMs: number;
  #pause = new AbortController();
  #isClosed = false;

  constructor(options: IndexOptions) {
    this.#options = options;
    this.#pieceStartMs = options.nowMs();
  }

  /** Whether every line that will be used was found. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** How many lines were left out, and what is wrong with the first. */
  get leftOut(): { readonly count: number; readonly first: string | null } {
    return { count: this.#badCount, first: this.#bad[0] ?? null };
  }

  /** Resolves when as much is known as must be before the first request. */
  get head(): Promise<void> {
    return this.#head.promise;
  }

  /** Ends the reading: the files are about to be closed. */
  close(): void {
    this.#isClosed = true;
    this.#pause.abort();
    this.#wake();
  }

  /** Resolves when more than `beyond` conversations are known, or all; who wants all hurries it. */
  known(beyond: number): Promise<void> {
    if (beyond >= Number.MAX_SAFE_INTEGER) this.#isUrgent = true;
    if (this.#isComplete || this.index.entries > beyond) return Promise.resolve();
    this.#pause.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ beyond, resolve });
    return promise;
  }

  /** Reads to the end. Rejects with a BadInputError that names file, line, field and reason. */
  async run(): Promise<void> {
    try {
      await this.#read();
      if (this.#isClosed) return;
      this.#complain();
      if (this.index.entries === 0) throw this.#badFile(this.#nothing());
      this.#isComplete = true;
      this.#wake();
      this.#head.resolve();
    } catch (error) {
      // The files were closed under the reader.
      if (this.#isClosed) return;
      this.#head.reject(error);
      throw error;
    }
  }

  async #read(): Promise<void> {
    for (const [at, source] of this.#options.sources.entries()) {
      if (this.#isFull) return;
      const first = source.readAt({ offset: 0, length: FIRST_BYTES });
      const problem = kindProblem(first);
      if (problem !== null) throw this.#badFile(this.#nameOf(at) + problem);
      const isElements = isDocument(first);
      await (isElements ? readElements : readLines)(source, {
        maxLineBytes: MAX_LINE_BYTES,
        onLine: (line) => this.#take(line, at),
        onPiece: (bytes) => this.#endPiece(bytes),
      });
    }
  }

  /** Whether nothing more is to be read. */
  get #isFull(): boolean {
    if (this.#isClosed) return true;
    if (this.index.entries >= (this.#options.file.maxEntries ?? Infinity)) {
      // Rows of the conversations that are known may still come.
      return !this.index.hasSessions;
    }
    return false;
  }

  #take(line: RawLine, source: number): boolean {
    try {
      this.#addLine(line, source);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      this.#badCount++;
      if (this.#bad.length < MOST_BAD_LINES) {
        this.#bad.push(`${this.#nameOf(source)}line ${line.number}: ${error.message}`);
      }
    }
    const isEnough = !this.#options.file.skipsBadLines && this.#bad.length >= MOST_BAD_LINES;
    return !this.#isFull && !isEnough;
  }

  #addLine({ bytes, offset, number, isTooLong }: RawLine, source: number): void {
    if (isTooLong) {
      throw new FieldError("", `is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
    }
    const { readers, check } = this.#options;
    const content = readers[source]!.read(bytes);
    if (content === null) return;
    check?.(content);
    const conversation = this.index.find(content.link);
    const { maxEntries } = this.#options.file;
    if (conversation === undefined && this.index.entries >= (maxEntries ?? Infinity)) return;
    const place = { offset, length: bytes.length, number, source };
    this.cumulative.add(content, this.index.add(place, content, conversation));
  }

  /** Only the names of several files say anything. */
  #nameOf(source: number): string {
    const { sources } = this.#options;
    return sources.length > 1 ? `${sources[source]!.name}: ` : "";
  }

  async #endPiece(bytes: number): Promise<void> {
    this.#bytes += bytes;
    const isAwaited = !this.#isHeadDone || this.#isUrgent || this.#waiting.length > 0;
    if (isAwaited) this.#options.onLook?.(this.#bytes);
    this.#wake();
    // Of sessions, nobody knows how they go on before the end.
    if (this.#bytes < HEAD_BYTES || this.index.hasSessions) return;
    this.#complain();
    if (!this.#isHeadDone && this.index.entries === 0) return;
    this.#isHeadDone = true;
    this.#head.resolve();
    const { rest, nowMs } = this.#options;
    if (rest === undefined || this.#isUrgent || this.#waiting.length > 0) return;
    this.#pause = new AbortController();
    await rest(nowMs() - this.#pieceStartMs, this.#pause.signal);
    this.#pieceStartMs = nowMs();
  }

  #wake(): void {
    const isDone = this.#isComplete || this.#isClosed;
    const isReady = ({ beyond }: { beyond: number }) => isDone || this.index.entries > beyond;
    for (const { resolve } of this.#waiting.filter(isReady)) resolve();
    this.#waiting = this.#waiting.filter((one) => !isReady(one));
  }

  #complain(): void {
    if (this.#bad.length === 0 || this.#options.file.skipsBadLines) return;
    throw this.#badFile(this.#bad[0]! + andMore(this.#bad.length - 1));
  }

  #nothing(): string {
    const { count, first } = this.leftOut;
    return first === null
      ? "holds no conversation"
      : `holds no conversation that can be used; of ${count} bad lines the first: ${first}`;
  }

  #badFile(problem: string): BadInputError {
    return new BadInputError(`--input-file: ${this.#options.file.path}: ${problem}`);
  }
}

function andMore(others: number): string {
  if (others === 0) return "";
  if (others === MOST_BAD_LINES - 1) return ` (and at least ${others} more bad lines)`;
  return others === 1 ? " (and 1 more bad line)" : ` (and ${others} more bad lines)`;
}
