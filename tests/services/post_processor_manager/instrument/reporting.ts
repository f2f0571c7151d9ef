import type { LoadPlan, PhasePlan } from "../../../../common/model/run_config.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { accumulatorOf } from "../../../helpers/metrics_of.ts";
import { openLoad } from "../../../helpers/phase_plan.ts";
import { recordOf } from "../../../helpers/records.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";
import { healthOf } from "../../../helpers/verdict_facts.ts";

const MS = 1e6;

/** A constant rate of 100/s. */
export const CONSTANT: LoadPlan = openLoad(100);

/** Phases of these names with a load. */
export function phasesOf(load: LoadPlan, names: ("warmup" | "profiling")[] = ["profiling"]) {
  const [phase] = runConfigOf().phases;
  return names.map((name) => ({ ...phase!, phase: name, load }));
}

/** A request of a constant rate of 100/s that was sent so late and took 140 ms. */
export function arrival(index: number, lateMs: number): RequestRecord {
  const dueNs = index * 10 * MS;
  return recordOf({
    creditId: index,
    dueNs,
    issuedNs: dueNs + 0.01 * MS,
    receivedNs: dueNs + 0.2 * MS,
    sentNs: dueNs + lateMs * MS,
  });
}

/** The report on the records of a run that began at 0. */
export function reportOn(
  records: readonly RequestRecord[],
  {
    load = CONSTANT,
    prefill = null as PhasePlan["prefill"],
    health = { processes: [healthOf()], machine: null, restarts: [] },
    tellsSlotWaits = true,
  } = {},
) {
  const phases = phasesOf(load).map((phase) => ({ ...phase, prefill }));
  const accumulator = accumulatorOf({ phases });
  for (const record of records) accumulator.add(record);
  return accumulator.report({ wasCancelled: false, startNs: 0, health, tellsSlotWaits });
}

/** Requests of a constant rate of 100/s that were sent so late. */
export function run(count: number, lateMs: (index: number) => number): RequestRecord[] {
  return Array.from({ length: count }, (_, i) => arrival(i, lateMs(i)));
}
