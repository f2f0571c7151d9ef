/** So long are the looks at what comes back, in ms. */
export const DRAIN_LOOK_MS = 250;

/** After so many looks in a row at nothing, nothing more is expected: 1.5 s. */
const MOST_SILENT = 6;
/** Nor after so many looks in all: 10 s. */
const MOST_LOOKS = 40;

/**
 * How long to wait for the returns of requests that were cancelled.
 *
 * A worker on a busy machine may have some thousands of them to give back, and takes seconds for
 * that. Looks are counted, not time: a process that stands still for a while has not looked, and what
 * has come meanwhile is seen at the next one.
 */
export class DrainPatience {
  #silent = 0;
  #looks = 0;

  /**
   * Whether to look once more. `isInHaste`: somebody has called the run off and waits for its end:
   * then it is 1.5 s in all.
   */
  isLeft(isInHaste: boolean): boolean {
    const most = isInHaste ? MOST_SILENT : MOST_LOOKS;
    return this.#silent < MOST_SILENT && this.#looks < most;
  }

  /** So many have come back during one look. */
  note(returned: number): void {
    this.#looks++;
    this.#silent = returned > 0 ? 0 : this.#silent + 1;
  }
}
