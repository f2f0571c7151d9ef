import type { DatasetInfo } from "../../common/model/conversation.ts";

/** How many conversations there are, as far as that is known. */
export interface EntryCount {
  readonly count: number;
  /** Whether there are no others. */
  readonly isFinal: boolean;
  /** Resolves when there are more, or it is known that there are not; may be asked again then. */
  whenMore(): Promise<void>;
}

/** Something that grows, and those who wait for it. */
export class Growth {
  #more = Promise.withResolvers<void>();
  #wanted = Promise.withResolvers<void>();

  /** Resolves the next time that `grow` is called. */
  whenMore(): Promise<void> {
    this.#wanted.resolve();
    return this.#more.promise;
  }

  /** Resolves as soon as somebody waits for more. */
  whenWanted(): Promise<void> {
    return this.#wanted.promise;
  }

  /** There is more: everybody may go on. */
  grow(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
    this.#wanted = Promise.withResolvers();
  }
}

/** The number of conversations of a data set that is still being looked through. */
export class KnownEntries implements EntryCount {
  readonly #growth = new Growth();
  #count: number;
  #isFinal: boolean;

  constructor({ entries, isComplete }: Pick<DatasetInfo, "entries" | "isComplete">) {
    this.#count = entries;
    this.#isFinal = isComplete;
  }

  get count(): number {
    return this.#count;
  }

  get isFinal(): boolean {
    return this.#isFinal;
  }

  whenMore(): Promise<void> {
    return this.#growth.whenMore();
  }

  /**
   * Keeps the number up to date until it is final; rejects when the data set cannot be asked.
   *
   * `ask`: what is known when more than so many are, or all. `rest`: resolves a while later, or when
   * its promise does.
   */
  async follow(
    ask: (beyond: number) => Promise<DatasetInfo>,
    rest: (wanted: Promise<void>) => Promise<void>,
  ): Promise<void> {
    while (!this.#isFinal) {
      const info = await ask(this.#count);
      this.#count = info.entries;
      this.#isFinal = info.isComplete;
      this.#growth.grow();
      if (!this.#isFinal) await rest(this.#growth.whenWanted());
    }
  }
}
