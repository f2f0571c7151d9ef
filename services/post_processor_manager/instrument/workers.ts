import type { HealthSummary, WorkerReport } from "../../../common/model/instrument.ts";

/** What each worker did and how it was, in the order of their ids. */
export function workerReports(
  perWorker: ReadonlyMap<string, number>,
  health: HealthSummary | null,
): WorkerReport[] {
  const known = new Map(
    (health?.processes ?? [])
      .filter(({ serviceType }) => serviceType === "worker")
      .map((process) => [process.serviceId, process]),
  );
  const ids = new Set([...perWorker.keys(), ...known.keys()]);
  return [...ids].sort().map((workerId) => ({
    workerId,
    requests: perWorker.get(workerId) ?? 0,
    health: known.get(workerId) ?? null,
  }));
}
