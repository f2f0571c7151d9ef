import type { Credit, Outcome, Phase } from "../../common/model/credit.ts";

interface Worker {
  readonly id: string;
  readonly inFlight: Map<number, Credit>;
  /** Sessions that it has the history of and that are to go on. */
  sessions: number;
  /** When it last got a credit, in credits handed out; 0: never. */
  lastUsed: number;
  /** It gets no more credits, but may still return what it has. */
  isRetired: boolean;
}

/**
 * Chooses the worker for each credit.
 *
 * A first turn goes to the worker with the fewest credits in flight, among equals to the one with
 * the fewest open sessions, then to the one that has waited longest for its turn. The turns that
 * follow go to the same worker, as it has the history. It looks at every worker for each first turn;
 * there are 32 of them at most.
 */
export class WorkerRouter {
  readonly #workers = new Map<string, Worker>();
  readonly #holders = new Map<number, Worker>();
  /** The worker of each session that is to go on; null: the worker is gone. */
  readonly #sessions = new Map<number, Worker | null>();
  #phase: Phase | null = null;
  #assigned = 0;

  /** Credits that some worker holds. */
  get inFlight(): number {
    return this.#holders.size;
  }

  /** Sessions that are to go on. */
  get openSessions(): number {
    return this.#sessions.size;
  }

  /** The workers that can be given credits. */
  get workerIds(): string[] {
    return [...this.#workers.values()].filter(({ isRetired }) => !isRetired).map(({ id }) => id);
  }

  /** Adds a worker; throws when it is there already, for its credits would be forgotten. */
  join(workerId: string): void {
    if (this.#workers.has(workerId)) throw new Error(`${workerId} has joined already`);
    const worker = { inFlight: new Map(), sessions: 0, lastUsed: 0, isRetired: false };
    this.#workers.set(workerId, { id: workerId, ...worker });
  }

  /** Gives a worker no more credits; what it has can still be released. */
  retire(workerId: string): void {
    const worker = this.#workers.get(workerId);
    if (worker === undefined) return;
    worker.isRetired = true;
    for (const [session, holder] of this.#sessions) {
      if (holder === worker) this.#sessions.set(session, null);
    }
  }

  /** Removes a worker and returns the credits that are lost with it, in the order it got them. */
  leave(workerId: string): Credit[] {
    this.retire(workerId);
    const worker = this.#workers.get(workerId);
    if (worker === undefined) return [];
    this.#workers.delete(workerId);
    for (const creditId of worker.inFlight.keys()) this.#holders.delete(creditId);
    return [...worker.inFlight.values()];
  }

  /**
   * Hands a credit to a worker and returns the worker's id.
   *
   * null when there is no worker for it: none at all, or the one with its session is gone.
   */
  assign(credit: Credit): string | null {
    if (this.#holders.has(credit.id)) throw new Error(`credit ${credit.id} is in flight already`);
    this.#enter(credit.phase);
    const worker = credit.turnIndex === 0
      ? this.#leastLoaded()
      : this.#sessions.get(credit.sessionIndex) ?? null;
    this.#follow(credit, worker);
    if (worker === null) return null;
    worker.inFlight.set(credit.id, credit);
    worker.lastUsed = ++this.#assigned;
    this.#holders.set(credit.id, worker);
    return worker.id;
  }

  /** Takes a used credit off its worker and returns it; null when no worker holds it. */
  release(creditId: number, outcome: Outcome = "success"): Credit | null {
    const worker = this.#holders.get(creditId);
    if (worker === undefined) return null;
    const credit = worker.inFlight.get(creditId)!;
    this.#holders.delete(creditId);
    worker.inFlight.delete(creditId);
    // The worker has forgotten the session, too: nothing comes after a failure.
    if (outcome !== "success" && credit.phase === this.#phase) this.#close(credit.sessionIndex);
    return credit;
  }

  /** Every credit that some worker holds, with the id of that worker. */
  held(): [workerId: string, credit: Credit][] {
    return [...this.#workers.values()].flatMap(({ id, inFlight }) =>
      [...inFlight.values()].map((credit): [string, Credit] => [id, credit])
    );
  }

  /** Whether some worker holds a credit. */
  holds(creditId: number): boolean {
    return this.#holders.has(creditId);
  }

  /** The credits of a worker that were issued before an instant. */
  issuedBefore(workerId: string, beforeNs: number): Credit[] {
    const credits = this.#workers.get(workerId)?.inFlight.values() ?? [];
    return [...credits].filter(({ issuedNs }) => issuedNs < beforeNs);
  }

  /** How many credits a worker holds; 0 for a worker that is not there. */
  load(workerId: string): number {
    return this.#workers.get(workerId)?.inFlight.size ?? 0;
  }

  /** What a phase left unfinished does not go on in the next one. */
  #enter(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    for (const session of [...this.#sessions.keys()]) this.#close(session);
  }

  /** Notes where the next turn of the credit's session belongs. */
  #follow({ sessionIndex, turnIndex, isLastTurn }: Credit, worker: Worker | null): void {
    if (turnIndex === 0 || isLastTurn) this.#close(sessionIndex);
    if (turnIndex > 0 || isLastTurn || worker === null) return;
    this.#sessions.set(sessionIndex, worker);
    worker.sessions++;
  }

  #close(session: number): void {
    const worker = this.#sessions.get(session);
    if (worker) worker.sessions--;
    this.#sessions.delete(session);
  }

  #leastLoaded(): Worker | null {
    let best: Worker | null = null;
    for (const worker of this.#workers.values()) {
      if (!worker.isRetired && (best === null || isBetter(worker, best))) best = worker;
    }
    return best;
  }
}

function isBetter(worker: Worker, best: Worker): boolean {
  const difference = worker.inFlight.size - best.inFlight.size || worker.sessions - best.sessions;
  return difference < 0 || (difference === 0 && worker.lastUsed < best.lastUsed);
}
