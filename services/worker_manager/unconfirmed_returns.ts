import type { Credit } from "../../common/model/credit.ts";

/** The returns of one worker whose records are not known to be in the journal. */
interface Returns {
  /** In the order of the worker's records; null for a credit that was not in its hands any more. */
  credits: (Credit | null)[];
  /** Where the first that is not confirmed is in `credits`. */
  first: number;
  confirmed: number;
}

/**
 * Remembers the credits that workers have returned until their records are in the journal.
 *
 * A worker returns a credit as soon as its record is on the way, so that the next can go out. When
 * the worker and the records manager die together, nobody else knows of that record.
 */
export class UnconfirmedReturns {
  readonly #workers = new Map<string, Returns>();

  /** Credits that are remembered, those of no account included. */
  get size(): number {
    let size = 0;
    for (const { credits, first } of this.#workers.values()) size += credits.length - first;
    return size;
  }

  /** Takes note of a return; `credit`: null when the worker was not known to hold it. */
  add(workerId: string, credit: Credit | null): void {
    let returns = this.#workers.get(workerId);
    if (returns === undefined) {
      this.#workers.set(workerId, returns = { credits: [], first: 0, confirmed: 0 });
    }
    returns.credits.push(credit);
  }

  /** The records of the first `count` returns of a worker are in the journal. */
  confirm(workerId: string, count: number): void {
    const returns = this.#workers.get(workerId);
    if (returns === undefined) return;
    const more = Math.min(count - returns.confirmed, returns.credits.length - returns.first);
    if (!(more > 0)) return;
    returns.confirmed += more;
    returns.first += more;
    // Now and then: to move the rest down each time would cost more than it gives back.
    if (returns.first * 2 < returns.credits.length) return;
    returns.credits = returns.credits.slice(returns.first);
    returns.first = 0;
  }

  /** Forgets a worker; returns the credits whose records may be lost with it, in their order. */
  leave(workerId: string): Credit[] {
    const { credits = [], first = 0 } = this.#workers.get(workerId) ?? {};
    this.#workers.delete(workerId);
    return credits.slice(first).filter((credit) => credit !== null);
  }
}
