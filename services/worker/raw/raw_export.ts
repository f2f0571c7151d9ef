import type { HttpTransport } from "../../../common/http/http_transport.ts";
import { rawPartName } from "../../../common/model/artifact_files.ts";
import type { Credit } from "../../../common/model/credit.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import { describeFileError } from "../../../common/runtime/file_error.ts";
import { LineFile } from "../../../common/runtime/line_file.ts";
import { ExchangeTap } from "./exchange_tap.ts";
import { rawLine } from "./raw_line.ts";

/** What a worker's part of the raw export is made with. */
export interface RawExportOptions {
  readonly folder: string;
  /** What the names of the exports begin with. */
  readonly prefix: string;
  readonly workerId: string;
  /** A text without any credential of the run. */
  redact(text: string): string;
}

/**
 * A worker's part of `profile_export_raw.jsonl`: a file of its own, which is merged with the others
 * at the end, so that nothing of it passes through another process.
 */
export class RawExport {
  readonly #path: string;
  readonly #redact: (text: string) => string;
  #file: LineFile | null;

  /** Writes to a file that is open; to begin one, use `RawExport.open()`. */
  constructor(path: string, file: LineFile, redact: (text: string) => string) {
    this.#path = path;
    this.#file = file;
    this.#redact = redact;
  }

  /** Begins the file; rejects with an Error in plain words when it cannot be made. */
  static async open({ folder, prefix, workerId, redact }: RawExportOptions): Promise<RawExport> {
    const path = `${folder}/${rawPartName(prefix, workerId)}`;
    try {
      return new RawExport(path, await LineFile.create(path), redact);
    } catch (error) {
      throw new Error(`Cannot write ${path}: ${describeFileError(error)}`, { cause: error });
    }
  }

  /** Listens to the request of a credit; null when it is not to be written. */
  listen({ phase }: Credit, transport: HttpTransport): ExchangeTap | null {
    return phase === "warmup" ? null : new ExchangeTap(transport);
  }

  /**
   * Writes a request that has ended; returns a promise when the next one should wait.
   *
   * One that was never sent, as it was called off in time, did not go over the wire: it has no line.
   */
  write(record: RequestRecord, { sent, pieces }: ExchangeTap): Promise<void> | undefined {
    if (record.sentNs === null || sent === null) return undefined;
    try {
      return this.#file?.append(rawLine({ record, sent, pieces, redact: this.#redact }))
        ?.catch(() => {});
    } catch {
      // A write before has failed: `close()` tells.
    }
  }

  /** Resolves when all is in the file; rejects with an Error in plain words when it is not. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    try {
      await file?.close();
    } catch (error) {
      throw new Error(`Cannot write ${this.#path}: ${describeFileError(error)}`, { cause: error });
    }
  }
}
