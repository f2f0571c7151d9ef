import type { Conversation } from "../../common/model/conversation.ts";
import { charactersOf } from "../../common/model/conversation_size.ts";

/** Characters of text that a worker keeps at most. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Asks the dataset manager for conversations, in one go. */
export type FetchConversations = (indexes: readonly number[]) => Promise<Conversation[]>;

/**
 * Keeps the conversations that were used last, so that most credits find theirs at hand.
 *
 * What is on its way is asked for once, however many credits wait for it.
 */
export class ConversationCache {
  readonly #fetch: FetchConversations;
  readonly #maxCharacters: number;
  readonly #kept = new Map<number, Conversation>();
  readonly #coming = new Map<number, Promise<Conversation>>();
  #characters = 0;

  constructor(fetch: FetchConversations, maxCharacters = MAX_CHARACTERS) {
    this.#fetch = fetch;
    this.#maxCharacters = maxCharacters;
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

  /** Asks for conversations before they are needed. */
  prefetch(indexes: readonly number[]): void {
    const wanted = indexes.filter((index) => !this.#kept.has(index) && !this.#coming.has(index));
    // Whoever needs one of them will see the error; here nobody waits.
    for (const coming of this.#ask(wanted)) coming.catch(() => {});
  }

  /** Conversations at hand. */
  get size(): number {
    return this.#kept.size;
  }

  #ask(indexes: readonly number[]): Promise<Conversation>[] {
    if (indexes.length === 0) return [];
    const answer = this.#fetch(indexes);
    return indexes.map((index, position) => {
      const coming = answer.then((conversations) => this.#keep(index, conversations[position]));
      this.#coming.set(index, coming);
      coming.catch(() => this.#coming.delete(index));
      return coming;
    });
  }

  #keep(index: number, conversation: Conversation | undefined): Conversation {
    this.#coming.delete(index);
    if (!conversation) throw new Error(`The data set gave no conversation ${index}`);
    this.#kept.set(index, conversation);
    this.#characters += charactersOf(conversation);
    for (const [oldest, other] of this.#kept) {
      if (this.#characters <= this.#maxCharacters || oldest === index) break;
      this.#kept.delete(oldest);
      this.#characters -= charactersOf(other);
    }
    return conversation;
  }
}
