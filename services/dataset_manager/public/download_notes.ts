import type { DownloadProgress } from "../../../common/hub/fetch_file.ts";

/** How often a long download is spoken of. */
const EVERY_MS = 2_000;

/** Tells how far downloads are: when one begins, now and then, and when it ends. */
export class DownloadNotes {
  readonly #say: (line: string) => void;
  readonly #nowMs: () => number;
  #path: string | null = null;
  #nextMs = 0;

  /** `nowMs`: any clock that does not go back. */
  constructor(say: (line: string) => void, nowMs: () => number) {
    this.#say = say;
    this.#nowMs = nowMs;
  }

  /** Takes the progress of a download. */
  note({ file: { path, repo }, received, total }: DownloadProgress): void {
    const isNew = path !== this.#path;
    if (!isNew && received !== total && this.#nowMs() < this.#nextMs) return;
    this.#path = path;
    this.#nextMs = this.#nowMs() + EVERY_MS;
    const share = total === null || total === 0
      ? `${megabytes(received)} MB`
      : `${megabytes(received)} of ${megabytes(total)} MB (${
        Math.floor(100 * received / total)
      } %)`;
    this.#say(`Downloading ${path} of ${repo.id}: ${share}`);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
