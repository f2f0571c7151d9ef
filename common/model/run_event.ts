import * as z from "zod/mini";
import { creditAccountSchema } from "./report.ts";
import { creditSchema, phaseSchema } from "./credit.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of why a phase stopped sending. */
const stopReasonSchema = z.enum([
  "count",
  "duration",
  /** Nothing is left to send: the trace, or the rate series, is at its end. */
  "schedule",
  "cancelled",
  /** More requests failed than the run is to put up with. */
  "failed_threshold",
]);

/** Why a phase stopped sending. */
export type StopReason = z.infer<typeof stopReasonSchema>;

/** Wire schema of the start of a phase. */
export const phaseStartedSchema = z.object({
  type: z.literal("phase_started"),
  phase: phaseSchema,
  startNs: NUMBER,
  /** How many requests the phase will send; null when it ends by time. */
  plannedRequests: z.nullable(INT),
  /** How long the phase sends; null when it ends by count. */
  plannedDurationMs: z.nullable(NUMBER),
});

const phaseProgress = z.object({
  type: z.literal("phase_progress"),
  phase: phaseSchema,
  issued: INT,
  returned: INT,
  inFlight: INT,
});

/** Wire schema of the end of a phase: nothing of it is in flight any more. */
export const phaseCompleteSchema = z.object({
  type: z.literal("phase_complete"),
  phase: phaseSchema,
  startNs: NUMBER,
  endNs: NUMBER,
  /** How many records there must be. */
  issued: INT,
  reason: stopReasonSchema,
  /** Only where there are any: requests that were due and found no free slot until the end. */
  unsent: z.optional(INT),
  /** Only where there are any: requests that were due and that workers were too far behind to begin. */
  overdue: z.optional(INT),
  /** Only where there are any: requests that failed or got lost. */
  failed: z.optional(INT),
  /**
   * Only where there are any: requests that were not heard of before the phase was given up. Perhaps
   * they are lost; perhaps this machine is behind, and their records come yet.
   */
  unheard: z.optional(INT),
  /** Only where there are any: requests that were cancelled. */
  cancelled: z.optional(INT),
  /** Only where it is so: the phase was broken off, or ended by too many failures. */
  wasCutShort: z.optional(BOOLEAN),
});

/** Told before the end of a phase, and only where there is such a credit. */
const creditsLost = z.object({
  type: z.literal("credits_lost"),
  phase: phaseSchema,
  /** Those that were not returned, or returned as lost: of some there may be a record all the same. */
  credits: z.array(creditSchema),
});

const runComplete = z.object({
  type: z.literal("run_complete"),
  wasCancelled: BOOLEAN,
});

const recordsProgress = z.object({
  type: z.literal("records_progress"),
  phase: phaseSchema,
  account: creditAccountSchema,
});

/** Told now and then while somebody waits for the input file to be looked through. */
const datasetProgress = z.object({
  type: z.literal("dataset_progress"),
  /** The file's name, without its folder. */
  file: STRING,
  /** How much of it has been looked through, from 0 to 1. */
  share: NUMBER,
});

/** Something that the user should know of the data set, as a sentence. */
const datasetNote = z.object({ type: z.literal("dataset_note"), text: STRING });

/** Wire schemas of everything that is published on the bus; the `type` is the topic. */
export const RUN_EVENT_SCHEMAS = [
  phaseStartedSchema,
  phaseProgress,
  creditsLost,
  phaseCompleteSchema,
  runComplete,
  recordsProgress,
  datasetProgress,
  datasetNote,
] as const;

/** Something that happened in the run and that other services may want to know. */
export type RunEvent = z.infer<typeof RUN_EVENT_SCHEMAS[number]>;
