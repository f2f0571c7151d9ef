import { type Conversation, plainTurn, type Turn } from "./conversation.ts";

/**
 * Everything that the request of a turn says: what opens the conversation, then each turn with the
 * answer to it, the last turn without one.
 *
 * `answers`: the session's own, one for each turn before; null leaves them out. A conversation may
 * want those that were recorded in their place, or each of its turns alone. A turn that stands alone
 * is all that its request says.
 */
export function sentTurns(
  { opening, turns, history }: Conversation,
  turnIndex: number,
  answers: readonly string[] | null,
): Turn[] {
  const turn = turns[turnIndex];
  if (turn === undefined) return [];
  if (turn.isStandalone) return [turn];
  if (history === "none") return [...opening, turn];
  const sent = [...opening];
  for (const [i, before] of turns.slice(0, turnIndex).entries()) {
    sent.push(before);
    const answer = history === "dataset" ? before.answer : answers?.[i] ?? null;
    if (answer !== null) sent.push(answerTurn(answer));
  }
  sent.push(turn);
  return sent;
}

/** An answer as a turn of its own; nobody has counted its tokens. */
function answerTurn(answer: string): Turn {
  return plainTurn([answer], { role: "assistant" });
}
