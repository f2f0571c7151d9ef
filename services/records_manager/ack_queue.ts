/**
 * Knows who sent each line that is on its way to the file, to acknowledge it when it is there.
 *
 * `S`: whoever sends lines; null for lines of our own.
 */
export class AckQueue<S> {
  readonly #counts = new Map<S, number>();
  #waiting: { readonly sender: S | null; readonly isLine: boolean }[] = [];

  /** Notes a line that has been handed to the file. */
  line(sender: S | null): void {
    this.#waiting.push({ sender, isLine: true });
  }

  /** Notes something that the file has already, or will have with the lines before. */
  known(sender: S): void {
    this.#waiting.push({ sender, isLine: false });
  }

  /** Nobody is left whom it concerns. */
  forget(sender: S): void {
    this.#counts.delete(sender);
    this.#waiting = this.#waiting.map((one) =>
      one.sender === sender ? { ...one, sender: null } : one
    );
  }

  /**
   * Notes that the next `lines` lines are in the file.
   *
   * Returns, for all senders that this concerns, how many of theirs are safe by now in all.
   */
  written(lines: number): ReadonlyMap<S, number> {
    const changed = new Map<S, number>();
    let done = 0;
    for (let left = lines; done < this.#waiting.length; done++) {
      const { sender, isLine } = this.#waiting[done]!;
      if (isLine && left-- === 0) break;
      if (sender === null) continue;
      const count = (this.#counts.get(sender) ?? 0) + 1;
      this.#counts.set(sender, count);
      changed.set(sender, count);
    }
    this.#waiting = this.#waiting.slice(done);
    return changed;
  }
}
