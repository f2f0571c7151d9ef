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

  /** So many of a worker's have begun, or have ended before that. */
  begin(workerId: string, count: number): void {
    const waiting = this.#waiting.get(workerId);
    if (waiting !== undefined) this.#waiting.set(workerId, Math.max(0, waiting - count));
  }

  /** Forgets a worker; returns how many of its credits will not begin any more. */
  leave(workerId: string): number {
    const waiting = this.#waiting.get(workerId) ?? 0;
    this.#waiting.delete(workerId);
    return waiting;
  }
}
