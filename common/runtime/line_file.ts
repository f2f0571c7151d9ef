const encoder = new TextEncoder();

/** From so many waiting characters on, a writer is asked to wait. */
const HIGH_WATER = 4 * 1024 * 1024;

/** Appends lines to a file; lines that come while a write is under way go out with the next. */
export class LineFile {
  readonly #file: Deno.FsFile;
  #waiting: string[] = [];
  #queued = 0;
  #writing: Promise<void> | null = null;
  #error: unknown = null;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Creates the file, or empties it. */
  static async create(path: string): Promise<LineFile> {
    return new LineFile(await Deno.open(path, { write: true, create: true, truncate: true }));
  }

  /** Characters that are not on their way to the file yet. */
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

  /** Writes what is waiting and closes the file. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#file.close();
    }
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        const bytes = encoder.encode(lines.join("\n") + "\n");
        let written = 0;
        while (written < bytes.length) written += await this.#file.write(bytes.subarray(written));
        for (const line of lines) this.#queued -= line.length + 1;
      }
    } catch (error) {
      this.#error = error;
    } finally {
      this.#writing = null;
    }
  }
}
