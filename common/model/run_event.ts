import * as z from "zod/mini";
import { phaseSchema } from "./credit.ts";

/** Why a phase stopped sending. */
export const stopReasonSchema = z.enum(["count", "duration", "cancelled"]);

/** Why a phase stopped sending. */
export type StopReason = z.infer<typeof stopReasonSchema>;

const phaseStarted = z.object({
  kind: z.literal("phase_started"),
  phase: phaseSchema,
  startNs: z.number(),
  /** How many requests the phase will send; null when it ends by time. */
  plannedRequests: z.nullable(z.int()),
  /** How long the phase sends; null when it ends by count. */
  plannedDurationNs: z.nullable(z.number()),
});

const phaseProgress = z.object({
  kind: z.literal("phase_progress"),
  phase: phaseSchema,
  issued: z.int(),
  returned: z.int(),
  inFlight: z.int(),
});

const phaseComplete = z.object({
  kind: z.literal("phase_complete"),
  phase: phaseSchema,
  startNs: z.number(),
  endNs: z.number(),
  issued: z.int(),
  reason: stopReasonSchema,
});

const recordsProgress = z.object({
  kind: z.literal("records_progress"),
  phase: phaseSchema,
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  lost: z.int(),
});

/** Wire schema of everything that is published on the bus. */
export const runEventSchema = z.discriminatedUnion("kind", [
  phaseStarted,
  phaseProgress,
  phaseComplete,
  recordsProgress,
]);

/** Something that happened in the run and that other services may want to know. */
export type RunEvent = z.infer<typeof runEventSchema>;

/** The topic names of the bus: one per kind of event. */
export type RunEventKind = RunEvent["kind"];
