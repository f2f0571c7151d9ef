import type { Credit } from "../../common/model/credit.ts";

interface Worker {
  readonly id: string;
  readonly inFlight: Map<number, Credit>;
  /** When it last got a credit, in credits handed out; 0: never. */
  lastUsed: number;
}

/**
 * Chooses the worker for each credit: the one with the fewest credits in flight, among equals the
 * one that has waited longest for its turn.
 *
 * It looks at every worker for each credit; there are 32 of them at most.
 */
export class WorkerRouter {
  readonly #workers = new Map<string, Worker>();
  readonly #holders = new Map<number, Worker>();
  #assigned = 0;

  /** Credits that some worker holds. */
  get inFlight(): number {
    return this.#holders.size;
  }

  /** The workers that can be given credits. */
  get workerIds(): string[] {
    return [...this.#workers.keys()];
  }

  /** Adds a worker; throws when it is there already, for its credits would be forgotten. */
  join(workerId: string): void {
    if (this.#workers.has(workerId)) throw new Error(`${workerId} has joined already`);
    this.#workers.set(workerId, { id: workerId, inFlight: new Map(), lastUsed: 0 });
  }

  /** Removes a worker and returns the credits that are lost with it, in the order it got them. */
  leave(workerId: string): Credit[] {
    const worker = this.#workers.get(workerId);
    if (worker === undefined) return [];
    this.#workers.delete(workerId);
    for (const creditId of worker.inFlight.keys()) this.#holders.delete(creditId);
    return [...worker.inFlight.values()];
  }

  /** Hands a credit to a worker and returns the worker's id; null when there is no worker. */
  assign(credit: Credit): string | null {
    if (this.#holders.has(credit.id)) throw new Error(`credit ${credit.id} is in flight already`);
    const worker = this.#leastLoaded();
    if (worker === null) return null;
    worker.inFlight.set(credit.id, credit);
    worker.lastUsed = ++this.#assigned;
    this.#holders.set(credit.id, worker);
    return worker.id;
  }

  /** Takes a used credit off its worker; false when no worker holds it. */
  release(creditId: number): boolean {
    const worker = this.#holders.get(creditId);
    if (worker === undefined) return false;
    this.#holders.delete(creditId);
    worker.inFlight.delete(creditId);
    return true;
  }

  /** How many credits a worker holds; 0 for a worker that is not there. */
  load(workerId: string): number {
    return this.#workers.get(workerId)?.inFlight.size ?? 0;
  }

  #leastLoaded(): Worker | null {
    let best: Worker | null = null;
    for (const worker of this.#workers.values()) {
      if (best === null || isBetter(worker, best)) best = worker;
    }
    return best;
  }
}

function isBetter(worker: Worker, best: Worker): boolean {
  const difference = worker.inFlight.size - best.inFlight.size;
  return difference < 0 || (difference === 0 && worker.lastUsed < best.lastUsed);
}
