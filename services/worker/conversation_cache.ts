import type { Conversation } from "../../common/model/conversation.ts";
import { charactersOf } from "../../common/model/conversation_size.ts";
import { BriefMap } from "../../common/runtime/brief_map.ts";

/** Characters of text that a worker keeps at most. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Asks the dataset manager for conversations; it may give only the first of them, but one at least. */
export type FetchConversations = (indexes: readonly number[]) => Promise<Conversation[]>;

/**
 * Keeps the conversations that were used last, so that most credits find theirs at hand.
 *
 * What is on its way is asked for once, however many credits wait for it.
 */
export class ConversationCache {
  readonly #fetch: FetchConversations;
  /** What it keeps at most. */
  readonly maxCharacters: number;
  readonly #kept = new BriefMap<number, Conversation>();
  readonly #coming = new Map<number, Promise<Conversation>>();
  #characters = 0;

  constructor(fetch: FetchConversations, maxCharacters = MAX_CHARACTERS) {
    this.#fetch = fetch;
    this.maxCharacters = maxCharacters;
  }

  /** The conversation at an index: at once when it is at hand, else a promise of it. */
  get(index: number): Conversation | Promise<Conversation> {
    const kept = this.#kept.get(index);
    if (kept) {
      // The map's order is the order of use: the first one is the next to go.
      this.#kept.delete(index);
      this.#kept.set(index, kept);
      return kept;
    }
    return this.#coming.get(index) ?? this.#ask([index])[0]!;
  }

  /**
   * Asks for conversations before they are needed; resolves when they are there, with false when they
   * did not come. Whoever needs one of them will see the error.
   */
  async prefetch(indexes: readonly number[]): Promise<boolean> {
    const wanted = indexes.filter((index) => !this.#kept.has(index) && !this.#coming.has(index));
    const outcomes = await Promise.allSettled(this.#ask(wanted));
    return outcomes.every(({ status }) => status === "fulfilled");
  }

  /** Conversations at hand. */
  get size(): number {
    return this.#kept.size;
  }

  /** Characters of the conversations at hand. */
  get characters(): number {
    return this.#characters;
  }

  #ask(indexes: readonly number[]): Promise<Conversation>[] {
    const answers = indexes.map(() => Promise.withResolvers<Conversation>());
    void this.#fetchAll(indexes, answers);
    return indexes.map((index, position) => {
      const coming = answers[position]!.promise;
      this.#coming.set(index, coming);
      coming.catch(() => this.#coming.delete(index));
      return coming;
    });
  }

  /** Each conversation is at hand as soon as it is there, also where others are still to come. */
  async #fetchAll(
    indexes: readonly number[],
    answers: readonly PromiseWithResolvers<Conversation>[],
  ): Promise<void> {
    let there = 0;
    try {
      while (there < indexes.length) {
        const some = await this.#fetch(indexes.slice(there));
        if (some.length === 0) {
          throw new Error(`The data set gave no conversation ${indexes[there]}`);
        }
        for (const conversation of some.slice(0, indexes.length - there)) {
          this.#keep(indexes[there]!, conversation);
          answers[there++]?.resolve(conversation);
        }
      }
    } catch (error) {
      for (const answer of answers.slice(there)) answer.reject(error);
    }
  }

  #keep(index: number, conversation: Conversation): void {
    this.#coming.delete(index);
    this.#kept.set(index, conversation);
    this.#characters += charactersOf(conversation);
    for (const [oldest, other] of this.#kept) {
      if (this.#characters <= this.maxCharacters || oldest === index) break;
      this.#kept.delete(oldest);
      this.#characters -= charactersOf(other);
    }
  }
}
