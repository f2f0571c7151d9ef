import type { RunEvent } from "../../../common/model/run_event.ts";

/** How often a long look is spoken of, and how long one takes that is not spoken of at all. */
const EVERY_MS = 500;

/** What is looked through. */
export interface LookedThrough {
  /** The name of the file or folder. */
  readonly file: string;
  /** Of all files together, in bytes. */
  readonly size: number;
}

/** Tells how far a file has been looked through while somebody waits for it. */
export class LookNotes {
  readonly #what: LookedThrough;
  readonly #tell: (event: RunEvent & { type: "dataset_progress" }) => void;
  readonly #nowMs: () => number;
  #nextMs: number;

  /** `nowMs`: any clock that does not go back. */
  constructor(
    what: LookedThrough,
    tell: (event: RunEvent & { type: "dataset_progress" }) => void,
    nowMs: () => number,
  ) {
    this.#what = what;
    this.#tell = tell;
    this.#nowMs = nowMs;
    this.#nextMs = nowMs() + EVERY_MS;
  }

  /** So many bytes have been looked through. */
  note(bytes: number): void {
    if (this.#nowMs() < this.#nextMs) return;
    this.#nextMs = this.#nowMs() + EVERY_MS;
    const { file, size } = this.#what;
    // A file that grows meanwhile is not more than whole.
    this.#tell({ type: "dataset_progress", file, share: Math.min(1, bytes / Math.max(1, size)) });
  }
}
