import { DueQueue } from "../../common/runtime/due_queue.ts";
import { afterPause, type Departure, type Leftover, type Pattern } from "./pattern.ts";
import type { Session, SessionSource } from "./sessions.ts";

/**
 * A closed loop: a new session is due the moment a slot is free for it, and a session's next turn
 * when its pause after the answer is over. A session keeps its slot from its first turn until its
 * last one has been answered, in the pauses too.
 */
export class ClosedLoop implements Pattern {
  readonly isExhausted = false;
  readonly #sessions: SessionSource;
  readonly #waiting = new DueQueue<Session>();

  constructor(sessions: SessionSource) {
    this.#sessions = sessions;
  }

  next(slotNs: number | null): Departure | null {
    const turnNs = this.#waiting.firstKey;
    if (turnNs !== null && (slotNs === null || turnNs <= slotNs)) {
      return { session: this.#waiting.first, dueNs: turnNs, atNs: turnNs };
    }
    return slotNs === null ? null : { session: null, dueNs: slotNs, atNs: slotNs };
  }

  depart({ session }: Departure): Session {
    return session === null ? this.#sessions.start() : this.#waiting.take();
  }

  goOn(session: Session, endedNs: number): void {
    this.#waiting.add(session, afterPause(session.nextTurn.delayMs, endedNs));
  }

  /** No schedule asks for so many requests: fewer of them are no others left. */
  countLeft(): Leftover {
    return { free: 0, held: 0 };
  }
}
