/** So many are told of together: they are counted by the thousand. */
const TOGETHER = 64;

/** Counts the credits whose requests have begun, and tells of them now and then. */
export class BegunCount {
  readonly #tell: (count: number) => void;
  #untold = 0;

  constructor(tell: (count: number) => void) {
    this.#tell = tell;
  }

  /** One more has begun, or has ended before that. */
  note(): void {
    if (++this.#untold < TOGETHER) return;
    this.#tell(this.#untold);
    this.#untold = 0;
  }
}
