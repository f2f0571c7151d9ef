import { type Conversation, plainTurn, type Turn } from "../../common/model/conversation.ts";
import type { Credit, Phase } from "../../common/model/credit.ts";

/** One run through a conversation, as far as it has come. */
export interface Session {
  /** The same for all of its turns. */
  readonly correlationId: string;
  /** What the server answered to each turn so far, without its reasoning. */
  readonly answers: string[];
}

/**
 * The sessions that a worker is in the middle of.
 *
 * A session is kept from its first turn to its last one, or to the first that fails. What a phase
 * left unfinished is forgotten when the next one begins.
 */
export class Sessions {
  readonly #newId: () => string;
  readonly #open = new Map<number, Session>();
  #phase: Phase | null = null;

  /** `newId`: makes correlation ids; random UUIDs unless given. */
  constructor(newId: () => string = () => crypto.randomUUID()) {
    this.#newId = newId;
  }

  /** How many sessions are kept. */
  get size(): number {
    return this.#open.size;
  }

  /** The session of a credit: of a first turn a new one; of another turn, one without answers if
   * it is not kept. */
  of({ phase, sessionIndex, turnIndex, isLastTurn }: Credit): Session {
    if (phase !== this.#phase) {
      this.#open.clear();
      this.#phase = phase;
    }
    const known = turnIndex > 0 ? this.#open.get(sessionIndex) : undefined;
    if (known !== undefined) return known;
    const session = { correlationId: this.#newId(), answers: [] };
    if (!isLastTurn) this.#open.set(sessionIndex, session);
    return session;
  }

  /** Forgets the session of a credit. */
  end({ phase, sessionIndex }: Credit): void {
    if (phase === this.#phase) this.#open.delete(sessionIndex);
  }
}

/**
 * Everything that the request of a turn says: what opens the conversation, then each turn with the
 * answer to it, the last turn without one. A turn that stands alone is all that its request says.
 *
 * Throws an Error unless there is an answer to every turn before: its history was with another
 * worker.
 */
export function messagesOf(
  { opening, turns }: Conversation,
  turnIndex: number,
  answers: readonly string[],
): Turn[] {
  const turn = turns[turnIndex];
  if (turn?.isStandalone) return [turn];
  if (answers.length !== turnIndex) {
    throw new Error(`the history of the session is not here: ${answers.length} of ${turnIndex}`);
  }
  const messages = [...opening];
  for (const [i, turn] of turns.slice(0, turnIndex + 1).entries()) {
    messages.push(turn);
    if (i < turnIndex) messages.push(answerTurn(answers[i]!));
  }
  return messages;
}

/** Tokens of what is sent up to a turn, the answers left out; null when some are not counted. */
export function inputTokensOf({ opening, turns }: Conversation, turnIndex: number): number | null {
  const turn = turns[turnIndex];
  if (turn === undefined) return null;
  if (turn.isStandalone) return turn.inputTokens;
  let tokens = 0;
  for (const messages of [opening, turns.slice(0, turnIndex + 1)]) {
    for (const { inputTokens } of messages) {
      if (inputTokens === null) return null;
      tokens += inputTokens;
    }
  }
  return tokens;
}

function answerTurn(answer: string): Turn {
  return plainTurn([answer], { role: "assistant" });
}
