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

/** How sending ends. */
export interface PatternEnd {
  /** What is due from then on, in nanoseconds since the run's epoch, is not left. */
  readonly endNs: number;
  /** How many more sessions could start; Infinity: there is no limit. */
  readonly freeSlots: number;
  /** So many are counted at most. */
  readonly most: number;
}

/** How many turns were due, and not sent, when sending ended. */
export interface Leftover {
  /** Those that no limit on sessions kept back. */
  readonly free: number;
  /** Those of new sessions beyond the slots that were free. */
  readonly held: number;
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
  /** What was due before the end and was not sent; nothing can be taken any more. */
  countLeft(end: PatternEnd): Leftover;
}

/** Shares out what is left: turns of sessions that have begun need no slot, new sessions one each. */
export function leftover(
  { goingOn, starting }: { readonly goingOn: number; readonly starting: number },
  { freeSlots, most }: Pick<PatternEnd, "freeSlots" | "most">,
): Leftover {
  const free = Math.min(most, goingOn + Math.min(starting, freeSlots));
  return { free, held: Math.min(most, goingOn + starting) - free };
}

/** When a turn is due that follows `delayMs` (null: none) after the answer before. */
export function afterPause(delayMs: number | null, endedNs: number): number {
  return endedNs + Math.round((delayMs ?? 0) * 1e6);
}
