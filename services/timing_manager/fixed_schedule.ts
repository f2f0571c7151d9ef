import { DueQueue } from "../../common/runtime/due_queue.ts";
import {
  afterPause,
  type Departure,
  type Leftover,
  leftover,
  type Pattern,
  type PatternEnd,
} from "./pattern.ts";
import type { Session, SessionSource } from "./sessions.ts";
import type { Trace } from "./trace.ts";

/** A turn that is to be sent at a time that is known. */
type Waiting = Required<Pick<Departure, "session" | "movedNs">> & { readonly session: Session };

/**
 * A trace: each session starts at its timestamp, and goes on at the timestamps of its later turns,
 * or where they have none, at their pause after the answer before.
 *
 * A turn whose timestamp passes before the answer that it follows is due when that has come.
 */
export class FixedSchedule implements Pattern {
  readonly #sessions: SessionSource;
  readonly #trace: Trace;
  readonly #startNs: number;
  readonly #waiting = new DueQueue<Waiting>();

  /** `sessions`: runs through the conversations of the trace in order. */
  constructor(sessions: SessionSource, trace: Trace, startNs: number) {
    this.#sessions = sessions;
    this.#trace = trace;
    this.#startNs = startNs;
  }

  readonly isExhausted = false;

  next(slotNs: number | null): Departure | null {
    const turnNs = this.#waiting.firstKey;
    const turn = turnNs === null ? null : { ...this.#waiting.first!, dueNs: turnNs, atNs: turnNs };
    const startMs = this.#trace.timeAt(this.#sessions.started);
    if (slotNs === null || startMs === null) return turn;
    const dueNs = this.#dueNs(startMs);
    const atNs = Math.max(dueNs, slotNs);
    return turn !== null && turn.atNs <= atNs ? turn : { session: null, dueNs, atNs };
  }

  depart({ session }: Departure): Session {
    return session === null ? this.#sessions.start() : this.#waiting.take().session;
  }

  goOn(session: Session, endedNs: number): void {
    const { timestampMs, delayMs } = session.nextTurn;
    const wantedNs = timestampMs === null ? afterPause(delayMs, endedNs) : this.#dueNs(timestampMs);
    const movedNs = Math.max(0, endedNs - wantedNs);
    this.#waiting.add({ session, movedNs }, wantedNs + movedNs);
  }

  countLeft(end: PatternEnd): Leftover {
    const { endNs } = end;
    const endMs = (endNs - this.#startNs) / 1e6 + this.#trace.originMs;
    const { started, left } = this.#sessions;
    const starting = Math.min(left, this.#trace.countBefore(endMs) - started);
    return leftover({ goingOn: this.#waiting.countBefore(endNs), starting }, end);
  }

  #dueNs(timestampMs: number): number {
    return this.#startNs + Math.round((timestampMs - this.#trace.originMs) * 1e6);
  }
}
