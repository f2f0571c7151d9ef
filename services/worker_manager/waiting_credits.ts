/**
 * Counts, by worker, the credits that have been handed out and whose requests have not begun: nobody
 * else can tell of those of a worker that is gone.
 */
export class WaitingCredits {
  readonly #waiting = new Map<string, number>();

  /** A worker gets one more. */
  hand(workerId: string): void {
    this.#waiting.set(workerId, (this.#waiting.get(workerId) ?? 0) + 1);
  }

  /**
   * So many of a worker's have begun, or have ended before that; returns how many of those count: of a
   * worker that is gone none do, as all that it had are counted already.
   */
  begin(workerId: string, count: number): number {
    const waiting = this.#waiting.get(workerId) ?? 0;
    const begun = Math.min(count, waiting);
    if (begun > 0) this.#waiting.set(workerId, waiting - begun);
    return begun;
  }

  /** Forgets a worker; returns how many of its credits will not begin any more. */
  leave(workerId: string): number {
    const waiting = this.#waiting.get(workerId) ?? 0;
    this.#waiting.delete(workerId);
    return waiting;
  }
}
