import type { ConversationOutline } from "../../common/model/conversation.ts";

/** So many outlines are asked for at once: some 100 KiB when each has ten turns. */
const PAGE = 512;

/** What the timing of a turn depends on. */
export type TurnOutline = ConversationOutline["turns"][number];

/** The turns of every conversation of a data set, as far as their timing is concerned. */
export interface Outlines {
  /** The turns of a conversation; null while they are not known yet. */
  turnsOf(conversation: number): readonly TurnOutline[] | null;
  /** Resolves when the turns of a conversation are known. */
  load(conversation: number): Promise<void>;
}

const SINGLE_TURN: readonly TurnOutline[] = [{ delayMs: null, timestampMs: null }];

/** The outlines of a data set in which nobody says more than one thing. */
export const SINGLE_TURNS: Outlines = {
  turnsOf: () => SINGLE_TURN,
  load: () => Promise.resolve(),
};

/** Where outlines come from. */
export interface OutlineStoreOptions {
  /** How many conversations there are; Infinity as long as that is not known. */
  entries(): number;
  /** Fewer come where there are not so many. */
  fetch(first: number, count: number): Promise<readonly ConversationOutline[]>;
}

/** Outlines that are fetched page by page when they are asked for, and kept. */
export class OutlineStore implements Outlines {
  readonly #options: OutlineStoreOptions;
  readonly #turns: (readonly TurnOutline[] | undefined)[] = [];
  readonly #pages = new Map<number, Promise<void>>();

  constructor(options: OutlineStoreOptions) {
    this.#options = options;
  }

  turnsOf(conversation: number): readonly TurnOutline[] | null {
    return this.#turns[conversation] ?? null;
  }

  load(conversation: number): Promise<void> {
    const page = Math.floor(conversation / PAGE);
    let loading = this.#pages.get(page);
    if (loading === undefined) {
      loading = this.#fetch(page);
      this.#pages.set(page, loading);
    }
    return loading;
  }

  /** Fetches the outlines of all conversations, one page after the other. */
  async loadAll(): Promise<void> {
    for (let first = 0; first < this.#options.entries(); first += PAGE) await this.load(first);
  }

  async #fetch(page: number): Promise<void> {
    const first = page * PAGE;
    const count = Math.min(PAGE, this.#options.entries() - first);
    for (const { index, turns } of await this.#options.fetch(first, count)) {
      this.#turns[index] = turns;
    }
  }
}
