import { JournalError } from "../../common/journal/journal_line.ts";
import { type BadLineHandler, JournalReader } from "../../common/journal/journal_reader.ts";
import {
  JOURNAL_VERSION,
  type JournalEntry,
  type JournalHeader,
  type JournalNote,
} from "../../common/model/journal.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { describeFileError, isNotFound } from "../../common/runtime/file_error.ts";
import { LineFile, type LineFileOptions } from "../../common/runtime/line_file.ts";
import { AIPERF_VERSION } from "../../common/version.ts";
import { AckQueue } from "./ack_queue.ts";

/** What a journal is made from. */
export interface JournalOptions<S> {
  readonly path: string;
  readonly config: RunConfig;
  /** Gets everything that a journal of the same run holds already. */
  readonly restore: (entry: JournalEntry) => void;
  /** Told of lines in such a journal that cannot be used. */
  readonly onBadLine: BadLineHandler;
  /** Told how many of their records are safe by now, for all senders of what was just written. */
  readonly onSaved: (counts: ReadonlyMap<S, number>) => void;
  /** Told once, when the journal cannot be written any more. */
  readonly onError: (error: Error) => void;
}

/**
 * The file that every record ends up in.
 *
 * `S`: whoever sends records.
 */
export class Journal<S> {
  readonly path: string;
  readonly #options: JournalOptions<S>;
  readonly #acks = new AckQueue<S>();
  #file: LineFile | null = null;
  #fresh: string[] = [];
  #room: Promise<void> | undefined;
  #hasFailed = false;

  /** Use `Journal.open()`. */
  constructor(options: JournalOptions<S>) {
    this.path = options.path;
    this.#options = options;
  }

  /**
   * Begins the journal of a run, or goes on with it when the file is there already.
   *
   * A last line without an end is cut off: it was not acknowledged, so it comes again. Rejects when
   * the file can be neither read nor made.
   */
  static async open<S>(options: JournalOptions<S>): Promise<Journal<S>> {
    const journal = new Journal(options);
    await journal.#open();
    return journal;
  }

  /** Whether nothing can be written any more. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Takes a record's line, null: of our own; returns a promise when the sender should wait for room. */
  add(line: string, sender: S | null): Promise<void> | undefined {
    this.#append(line, sender);
    return this.#room;
  }

  /** Takes note that a sender's record is in the journal, or among what was added before. */
  confirm(sender: S): void {
    this.#acks.known(sender);
  }

  /** Forgets a sender who is gone. */
  forget(sender: S): void {
    this.#acks.forget(sender);
  }

  /** Takes a note. */
  note(note: JournalNote): void {
    this.#append(JSON.stringify(note), null);
  }

  /** Hands what has come since the last time to the file. */
  write(): void {
    if (this.#hasFailed) return;
    const lines = this.#fresh;
    this.#fresh = [];
    for (const line of lines) this.#room = this.#file!.append(line);
    if (lines.length === 0) this.#saved(0);
  }

  /** Resolves when all that has come is in the file, or cannot be brought there. */
  async flush(): Promise<void> {
    this.write();
    try {
      await this.#file?.flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when the disk itself has what is in the file. */
  async sync(): Promise<void> {
    try {
      await this.#file?.sync();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    // What went wrong has been told.
    await this.#file?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    const { path, config } = this.#options;
    const end = await this.#restore();
    const file: LineFileOptions = {
      syncAlways: config.journalSync === "always",
      onWritten: (lines) => this.#saved(lines),
      onError: (error) => this.#fail(error),
    };
    try {
      this.#file = end === null
        ? await LineFile.create(path, file)
        : await LineFile.resume(path, end, file);
    } catch (error) {
      throw new Error(`Cannot write ${path}: ${describeFileError(error)}`, { cause: error });
    }
    if (end !== null) return;
    const header: JournalHeader = {
      journal: JOURNAL_VERSION,
      aiperfVersion: AIPERF_VERSION,
      tellsSlotWaits: true,
      config,
    };
    this.#append(JSON.stringify(header), null);
    this.write();
  }

  /** Reads the journal of the same run; returns where its whole lines end, null without one. */
  async #restore(): Promise<number | null> {
    const { path, config, restore, onBadLine } = this.#options;
    try {
      using reader = await JournalReader.open(path, onBadLine);
      if (reader.header.config.benchmarkId !== config.benchmarkId) return null;
      for (let some = await reader.next(); some !== null; some = await reader.next()) {
        for (const entry of some) restore(entry);
      }
      return reader.offset;
    } catch (error) {
      if (isNotFound(error) || error instanceof JournalError) return null;
      throw error;
    }
  }

  #append(line: string, sender: S | null): void {
    if (this.#hasFailed) return;
    this.#fresh.push(line);
    this.#acks.line(sender);
  }

  #saved(lines: number): void {
    const counts = this.#acks.written(lines);
    if (counts.size > 0 || lines > 0) this.#options.onSaved(counts);
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#fresh = [];
    const why = `${describeFileError(error)}; results so far are kept`;
    this.#options.onError(new Error(`Cannot write ${this.path}: ${why}`, { cause: error }));
  }
}
