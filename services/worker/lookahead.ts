import type { Phase } from "../../common/model/credit.ts";
import type { ConversationCache } from "./conversation_cache.ts";

/**
 * Conversations of so many sessions are at hand before their credits come, or of as many as begin
 * together where those are more …
 */
const MOST_AHEAD = 256;
/** … as long as they fill no more than this part of the cache. */
const CACHE_SHARE = 1 / 2;
/** So many are asked for at once, so that the first of them are not held up by the last … */
const MOST_AT_ONCE = 32;
/** … and no more than so many characters, but for the first of all. */
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;
/** What is waited for before the worker is ready for credits. */
const CHARACTERS_AT_START = 1024 * 1024;

/** Where conversations come from, and in which order they are used. */
export interface LookaheadOptions {
  readonly cache: Pick<ConversationCache, "prefetch" | "size" | "characters" | "maxCharacters">;
  /** The conversation of a session of a phase; null: there is no such session. */
  conversationOf(phase: Phase, session: number): number | null;
  /** How many sessions begin together at the start of each phase, in the order of the phases. */
  readonly starts?: ReadonlyMap<Phase, number>;
}

/**
 * Asks for conversations ahead of the credits that will name them.
 *
 * A worker does not know which sessions it will get, so it has those of all workers at hand; a data
 * set that fits into its cache is asked for once.
 */
export class Lookahead {
  readonly #options: LookaheadOptions;
  #phase: Phase | null = null;
  /** The sessions below it have been asked for. */
  #asked = 0;
  /** The latest session that a credit came for. */
  #used = -1;
  #isFilling = false;
  /** The phases whose first conversations have been asked for. */
  readonly #begun = new Set<Phase>();

  constructor(options: LookaheadOptions) {
    this.#options = options;
  }

  /** Resolves when the conversations of the first few sessions are there. */
  async start(phase: Phase): Promise<void> {
    this.#phase = phase;
    this.#begun.add(phase);
    // How large conversations are shows when there is one.
    await this.#ask(1);
    await this.#ask(this.#fitting(CHARACTERS_AT_START));
    this.#fill();
  }

  /** A credit has come for the first turn of a session. */
  note(phase: Phase, session: number): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#begun.add(phase);
      this.#asked = 0;
      this.#used = -1;
    }
    if (session <= this.#used) return;
    this.#used = session;
    this.#asked = Math.max(this.#asked, session + 1);
    const left = this.#asked - session - 1;
    if (left <= this.#ahead() / 2) this.#fill();
  }

  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    void this.#untilFull().then(() => this.#lookAtNextPhases())
      .finally(() => this.#isFilling = false);
  }

  /** What the phases to come begin with: when they do there is no time for it. */
  async #lookAtNextPhases(): Promise<void> {
    for (const [phase, sessions] of this.#options.starts ?? []) {
      if (this.#begun.has(phase)) continue;
      this.#begun.add(phase);
      const end = Math.min(sessions, this.#ahead(phase));
      for (let first = 0; first < end;) {
        const count = Math.min(end - first, this.#fitting(CHARACTERS_AT_ONCE));
        if (!await this.#prefetch(phase, first, count)) break;
        first += count;
      }
    }
  }

  async #untilFull(): Promise<void> {
    while (this.#asked - this.#used <= this.#ahead()) {
      if (!await this.#ask(this.#fitting(CHARACTERS_AT_ONCE))) return;
    }
  }

  /** Asks for the conversations of the next sessions; false: there are none, or they did not come. */
  async #ask(count: number): Promise<boolean> {
    const first = this.#asked;
    this.#asked += count;
    return await this.#prefetch(this.#phase!, first, count);
  }

  /** Asks for the conversations of sessions of a phase; false: there are none, or they did not come. */
  async #prefetch(phase: Phase, first: number, count: number): Promise<boolean> {
    const wanted = Array.from(
      { length: count },
      (_, i) => this.#options.conversationOf(phase, first + i),
    ).filter((index) => index !== null);
    return wanted.length > 0 && await this.#options.cache.prefetch([...new Set(wanted)]);
  }

  #ahead(phase = this.#phase!): number {
    const { maxCharacters } = this.#options.cache;
    return Math.min(
      Math.max(MOST_AHEAD, this.#options.starts?.get(phase) ?? 0),
      Math.max(1, Math.floor(CACHE_SHARE * maxCharacters / this.#size())),
    );
  }

  /** As many as are expected to have no more characters than so many together, 1 at least. */
  #fitting(characters: number): number {
    return Math.min(MOST_AT_ONCE, Math.max(1, Math.floor(characters / this.#size())));
  }

  /** The characters of a conversation, by those that are there; 0 where there is none. */
  #size(): number {
    const { size, characters } = this.#options.cache;
    return characters / Math.max(1, size);
  }
}
