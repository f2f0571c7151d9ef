import type { Conversation, Turn } from "./conversation.ts";

/** How much text a conversation holds, in UTF-16 code units, images and sounds included. */
export function charactersOf({ opening, turns }: Conversation): number {
  let characters = 0;
  for (const messages of [opening, turns]) {
    for (const turn of messages) characters += charactersOfTurn(turn);
  }
  return characters;
}

function charactersOfTurn({ texts, media, passages, messages, body, answer, extra }: Turn): number {
  let characters = lengthOf(texts) + (body?.length ?? 0) + (answer?.length ?? 0);
  if (passages !== null) characters += lengthOf(passages);
  if (media !== null) { for (const urls of Object.values(media)) characters += lengthOf(urls); }
  if (messages !== null) characters += JSON.stringify(messages).length;
  if (extra !== null) characters += JSON.stringify(extra).length;
  return characters;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
