import type { Conversation } from "./conversation.ts";

/** How much text a conversation holds, in UTF-16 code units. */
export function charactersOf({ opening, turns }: Conversation): number {
  let characters = 0;
  for (const messages of [opening, turns]) {
    for (const { texts } of messages) {
      for (const text of texts) characters += text.length;
    }
  }
  return characters;
}
