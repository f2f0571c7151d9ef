import type { PhasePlan } from "../../common/model/run_config.ts";

/**
 * So many credits may wait in the hands of each worker for their requests to begin. A worker is done
 * with them within a second or two; what a burst, or a stall of some tenths of a second, makes of a
 * rate that it can keep is less.
 */
export const MOST_PER_WORKER = 2_048;

/**
 * How many credits may wait for their requests to begin; Infinity: any number, as the load has a limit
 * of its own. Users who take turns have none: the next ones come whether or not the last were answered.
 */
export function mostWaiting({ load }: Pick<PhasePlan, "load">, workers: number): number {
  return load.kind === "closed" ? Infinity : workers * MOST_PER_WORKER;
}

/**
 * Counts the credits that workers have in hand and whose requests have not begun.
 *
 * Where more is due than this machine can send, that many wait anyway. Whether they do so here or in a
 * worker is all the same to when they leave; but each that is out of here becomes a record, if only to
 * say that it was called off in the end, and the end of the run has to wait for all of those.
 */
export class Backlog {
  #most = Infinity;
  #waiting = 0;
  #room: PromiseWithResolvers<void> | null = null;

  /** How many may wait from now on. */
  limit(most: number): void {
    this.#most = most;
    this.#look();
  }

  /** One more is in hand; returns a promise when no other should be, until it resolves. */
  add(): Promise<void> | undefined {
    this.#waiting++;
    if (this.#waiting < this.#most) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** So many have begun, or have ended before that. */
  begin(count: number): void {
    this.#waiting = Math.max(0, this.#waiting - count);
    this.#look();
  }

  /** There is room for many together: one by one they would all be told of. */
  #look(): void {
    if (this.#waiting > this.#most / 2) return;
    this.#room?.resolve();
    this.#room = null;
  }
}
