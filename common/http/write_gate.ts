/** Writes what it is given; never throws. */
type Write = () => Promise<void>;

interface Held {
  readonly write: Write;
  readonly onHeldUp: (() => void) | undefined;
  readonly settle: (writing: Promise<void>) => void;
}

/**
 * Lets requests that are due at the same time go out in a row, with nothing done in between.
 *
 * What a request needs besides its write takes twice as long as that, and four times in a new
 * process: one after the other, 64 requests would be spread over 2 to 4 ms.
 */
export class WriteGate {
  /** null: the gate is open. */
  #held: Held[] | null = null;

  /** Has all that wants to be written while `run` runs written after it, in the same order. */
  holdDuring(run: () => void): void {
    if (this.#held !== null) return run();
    const held: Held[] = this.#held = [];
    try {
      run();
    } finally {
      this.#held = null;
      for (const { write, onHeldUp, settle } of held) {
        onHeldUp?.();
        settle(write());
      }
    }
  }

  /** Writes now, or when the gate opens: then `onHeldUp` is called just before. */
  pass(write: Write, onHeldUp?: () => void): Promise<void> {
    const held = this.#held;
    if (held === null) return write();
    return new Promise((settle) => held.push({ write, onHeldUp, settle }));
  }
}
