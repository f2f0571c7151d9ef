import { type Closable, lockForWriting, unlockAndClose } from "./file_lock.ts";
import { FILE_MODE } from "./file_mode.ts";

const encoder = new TextEncoder();

/** From so many waiting characters on, a writer is asked to wait. */
const HIGH_WATER = 4 * 1024 * 1024;

/** What a `LineFile` needs of a file. */
export type WritableFile = Pick<Deno.FsFile, "write" | "syncData"> & Closable;

/** What can be set of a file of lines. */
export interface LineFileOptions {
  /** Whether each write waits until the disk has it; without, the system decides when. */
  readonly syncAlways?: boolean;
  /** Told after each write how many lines it wrote: they outlive this process. */
  readonly onWritten?: (lines: number) => void;
  /** Told once, of the first write that failed; nothing is written after it. */
  readonly onError?: (error: unknown) => void;
}

/** Appends lines to a file; lines that come while a write is under way go out with the next. */
export class LineFile {
  readonly #file: WritableFile;
  readonly #options: LineFileOptions;
  #waiting: string[] = [];
  #queued = 0;
  #writing: Promise<void> | null = null;
  #isDirty = false;
  #error: unknown = null;

  constructor(file: WritableFile, options: LineFileOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** Creates the file, or empties it; nobody but the user may write it. */
  static async create(path: string, options: LineFileOptions = {}): Promise<LineFile> {
    const flags = { write: true, create: true, truncate: true, mode: FILE_MODE };
    const file = await Deno.open(path, flags);
    await lockForWriting(file);
    return new LineFile(file, options);
  }

  /** Opens a file of lines to write on from byte `end`; what is after it is cut off. */
  static async resume(path: string, end: number, options: LineFileOptions = {}): Promise<LineFile> {
    const file = await Deno.open(path, { write: true, append: true });
    await lockForWriting(file);
    await file.truncate(end);
    return new LineFile(file, options);
  }

  /** Characters that are not in the file yet. */
  get queued(): number {
    return this.#queued;
  }

  /**
   * Appends a line; the line end is added.
   *
   * Returns a promise when the caller should wait for room. Throws what went wrong with an
   * earlier write, such as a full disk.
   */
  append(line: string): Promise<void> | undefined {
    if (this.#error) throw this.#error;
    this.#waiting.push(line);
    this.#queued += line.length + 1;
    this.#writing ??= Promise.resolve().then(() => this.#writeAll());
    return this.#queued > HIGH_WATER ? this.#writing : undefined;
  }

  /** Resolves when every line is in the file. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#error) throw this.#error;
  }

  /** Resolves when the disk has everything that has been written, if there is anything new. */
  async sync(): Promise<void> {
    if (!this.#isDirty || this.#error) return;
    this.#isDirty = false;
    await this.#file.syncData();
  }

  /** Writes what is waiting and closes the file. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      unlockAndClose(this.#file);
    }
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        await this.#write(encoder.encode(lines.join("\n") + "\n"));
        for (const line of lines) this.#queued -= line.length + 1;
        this.#options.onWritten?.(lines.length);
      }
    } catch (error) {
      this.#error = error;
      this.#waiting = [];
      this.#queued = 0;
      this.#options.onError?.(error);
    } finally {
      this.#writing = null;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += await this.#file.write(bytes.subarray(written));
    this.#isDirty = true;
    if (this.#options.syncAlways) await this.sync();
  }
}
