import type { Conversation, Turn } from "../../common/model/conversation.ts";
import type { Credit, Phase } from "../../common/model/credit.ts";
import { sentTurns } from "../../common/model/history.ts";

/** One run through a conversation, as far as it has come. */
export interface Session {
  /** The same for all of its turns. */
  readonly correlationId: string;
  /** What the server answered to each turn so far, without its reasoning. */
  readonly answers: string[];
}

/** What sessions are kept with. */
export interface SessionsOptions {
  /** Makes correlation ids; random UUIDs unless given. */
  readonly newId?: () => string;
  /** Told of each session that its phase has left unfinished. */
  readonly onForgotten?: (session: Session) => void;
}

/**
 * The sessions that a worker is in the middle of.
 *
 * A session is kept from its first turn to its last one, or to the first that fails. What a phase
 * left unfinished is forgotten when the next one begins.
 */
export class Sessions {
  readonly #newId: () => string;
  readonly #onForgotten: (session: Session) => void;
  readonly #open = new Map<number, Session>();
  #phase: Phase | null = null;

  constructor({ newId, onForgotten }: SessionsOptions = {}) {
    this.#newId = newId ?? (() => crypto.randomUUID());
    this.#onForgotten = onForgotten ?? (() => {});
  }

  /** How many sessions are kept. */
  get size(): number {
    return this.#open.size;
  }

  /** The session of a credit: of a first turn a new one; of another turn, one without answers if
   * it is not kept. */
  of({ phase, sessionIndex, turnIndex, isLastTurn }: Credit): Session {
    if (phase !== this.#phase) {
      for (const session of this.#open.values()) this.#onForgotten(session);
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
 * Everything that the request of a turn says, with the session's own answers if they are wanted.
 *
 * Throws an Error when one of those is missing: the history was with another worker.
 */
export function messagesOf(
  conversation: Conversation,
  turnIndex: number,
  answers: readonly string[],
): Turn[] {
  if (holdsAnswers(conversation, turnIndex) && answers.length !== turnIndex) {
    throw new Error(`the history of the session is not here: ${answers.length} of ${turnIndex}`);
  }
  return sentTurns(conversation, turnIndex, answers);
}

/** Whether the request of a turn holds the session's own answers to the turns before. */
export function holdsAnswers({ turns, history }: Conversation, turnIndex: number): boolean {
  return history === undefined && !turns[turnIndex]?.isStandalone;
}

/**
 * Tokens of what is sent up to a turn, the session's own answers left out; null when some are not
 * counted, as those of recorded answers.
 */
export function inputTokensOf(conversation: Conversation, turnIndex: number): number | null {
  if (conversation.turns[turnIndex] === undefined) return null;
  let tokens = 0;
  for (const { inputTokens } of sentTurns(conversation, turnIndex, null)) {
    if (inputTokens === null) return null;
    tokens += inputTokens;
  }
  return tokens;
}
