import type { Session } from "./sessions.ts";

/** A turn that is to be sent. Instants are nanoseconds since the run's epoch. */
export interface Departure {
  /** Whose turn it is; null: that of a session that is to be started. */
  readonly session: Session | null;
  /** When the pattern wants it sent. */
  readonly dueNs: number;
  /** When it can be sent: later when it has to wait for a slot. */
  readonly atNs: number;
  /** How much later than the pattern wants it it is due, as an answer took too long; absent: not at all. */
  readonly movedNs?: number;
}

/**
 * Where the turns of a phase come from, and when they are due.
 *
 * A pattern only knows time as it is told; it neither sleeps nor sends.
 */
export interface Pattern {
  /**
   * The turn to be sent next as far as can be told now; null: none before something happens.
   *
   * `slotNs`: from when on a new session may start, perhaps in the past; null: none may for now.
   * Asking changes nothing.
   */
  next(slotNs: number | null): Departure | null;
  /** Commits to what `next` has just told; returns whose turn it is. */
  depart(departure: Departure): Session;
  /** The last turn of a session was answered at `endedNs`, and another one follows. */
  goOn(session: Session, endedNs: number): void;
  /** Whether nothing more will come, not even of sessions that have begun. */
  readonly isExhausted: boolean;
  /** How many new sessions were due before `endNs` and not started, counted up to `most`. */
  countUnsent(endNs: number, most: number): number;
}

/** When a turn is due that follows `delayMs` (null: none) after the answer before. */
export function afterPause(delayMs: number | null, endedNs: number): number {
  return endedNs + Math.round((delayMs ?? 0) * 1e6);
}
