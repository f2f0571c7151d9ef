/** More processes than this on one machine cost more than they send. */
const MOST_WORKERS = 32;

/** What the number of workers depends on. */
export interface WorkerDemand {
  /** Logical CPUs of the machine. */
  readonly cpus: number;
  /** Most requests in flight at the same time; null: no limit. */
  readonly concurrency: number | null;
  /** What the user allows, as high as it may be; null: the default. */
  readonly workersMax: number | null;
}

/**
 * How many worker processes a run gets: `min(workersMax ?? max(1, min(32, floor(cpus / 2))),
 * concurrency)`.
 *
 * Half of the CPUs, because the other services, and often the server under test, need the rest; a
 * machine with two CPUs gets one worker. A worker without a request to hold would only cost.
 */
export function workerCount(demand: WorkerDemand): number {
  const byCpus = Math.max(1, Math.min(MOST_WORKERS, Math.floor(demand.cpus / 2)));
  return Math.min(demand.workersMax ?? byCpus, demand.concurrency ?? Infinity);
}
