import type { StartsPage } from "../../common/model/conversation.ts";
import { Growth } from "./known_entries.ts";

/** When the conversations of a data set begin, in the order of the data set, as far as is known. */
export class TraceStarts {
  readonly #growth = new Growth();
  readonly #startsMs: (number | null)[] = [];
  #isFinal = false;
  #isInOrder = true;

  /** `startsMs`: those that are known from the start; `isFinal`: whether there are no others. */
  constructor(startsMs: readonly (number | null)[] = [], isFinal = false) {
    this.add(startsMs, isFinal);
  }

  /** How many are known. */
  get length(): number {
    return this.#startsMs.length;
  }

  /** Whether there are no others. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** Whether none of them is before the one in front of it. */
  get isInOrder(): boolean {
    return this.#isInOrder;
  }

  /** On the trace's own clock; null: the conversation has no timestamp. */
  at(index: number): number | null {
    return this.#startsMs[index]!;
  }

  /** Takes those that come next. */
  add(startsMs: readonly (number | null)[], isFinal: boolean): void {
    for (const startMs of startsMs) {
      const before = this.#startsMs.at(-1) ?? -Infinity;
      if (startMs !== null && startMs < before) this.#isInOrder = false;
      this.#startsMs.push(startMs);
    }
    this.#isFinal = isFinal;
    this.#growth.grow();
  }

  /** Resolves when there are more, or it is known that there are not. */
  whenMore(): Promise<void> {
    return this.#growth.whenMore();
  }

  /**
   * Fetches the rest; rejects when it cannot be had.
   *
   * `ask`: those from `first` on, as many as there are. `rest`: resolves a while later, or when its
   * promise does.
   */
  async follow(
    ask: (first: number) => Promise<StartsPage>,
    rest: (wanted: Promise<void>) => Promise<void>,
  ): Promise<void> {
    while (!this.#isFinal) {
      const { startsMs, isLast } = await ask(this.length);
      this.add(startsMs, isLast);
      if (!this.#isFinal) await rest(this.#growth.whenWanted());
    }
  }
}
