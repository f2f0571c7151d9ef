import type { RunEvent } from "./run_event.ts";

/** Every topic of the bus. */
export const RUN_EVENT_TYPES: ReadonlySet<string> = new Set<RunEvent["type"]>([
  "phase_started",
  "phase_progress",
  "credits_lost",
  "phase_complete",
  "run_complete",
  "records_progress",
  "dataset_progress",
  "dataset_note",
]);
