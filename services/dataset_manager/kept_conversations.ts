import type { Conversation } from "../../common/model/conversation.ts";
import { charactersOf } from "../../common/model/conversation_size.ts";

/** Characters of conversations that are kept. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Keeps the conversations that were made last: every worker asks for the same ones. */
export class KeptConversations {
  readonly #make: (index: number) => Conversation;
  readonly #maxCharacters: number;
  readonly #kept = new Map<number, Conversation>();
  #characters = 0;

  constructor(make: (index: number) => Conversation, maxCharacters = MAX_CHARACTERS) {
    this.#make = make;
    this.#maxCharacters = maxCharacters;
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** The conversation at an index, made if it is not here; throws what making it throws. */
  get(index: number): Conversation {
    const kept = this.#kept.get(index);
    if (kept !== undefined) return kept;
    const made = this.#make(index);
    this.#kept.set(index, made);
    this.#characters += charactersOf(made);
    for (const [oldest, other] of this.#kept) {
      if (this.#characters <= this.#maxCharacters || oldest === index) break;
      this.#kept.delete(oldest);
      this.#characters -= charactersOf(other);
    }
    return made;
  }
}
