import * as z from "zod/mini";
import { BOOLEAN, INT, NUMBER } from "./primitives.ts";

/** The phases of a run, in the order they run. */
const PHASES = ["warmup", "profiling"] as const;

/** Wire schema of a phase name. */
export const phaseSchema = z.enum(PHASES);

/** A phase: warm-up requests are left out of the results. */
export type Phase = z.infer<typeof phaseSchema>;

/** Wire schema of a credit. */
export const creditSchema = z.object({
  /** Unique in the run, from 0, counted over all phases. */
  id: INT,
  phase: phaseSchema,
  /** Position in the phase, from 0. */
  index: INT,
  /** Which conversation of the data set to send. */
  conversationIndex: INT,
  /** Which of its turns, from 0. */
  turnIndex: INT,
  /** Position of the session (one run through a conversation) in the phase, from 0. */
  sessionIndex: INT,
  /** Whether no turn of the session follows; its history may be forgotten then. */
  isLastTurn: BOOLEAN,
  /** Cut the request off so long after it was sent; null: let it end. */
  cancelAfterNs: z.nullable(NUMBER),
  /** When the schedule wants the request sent; for a closed loop, when its slot became free. */
  dueNs: NUMBER,
  /** Only where a limit held it back: how long after it was due it could go. */
  slotWaitNs: z.optional(NUMBER),
  /** Only where its time in a trace passed before the answer that it follows: how long before. */
  movedNs: z.optional(NUMBER),
  /** Only where workers had too many unsent requests on their hands: how long it waited for that. */
  backlogWaitNs: z.optional(NUMBER),
  /** When the end of the phase cuts it off, where that is set beforehand: it is not sent any more then. */
  cutOffNs: z.optional(NUMBER),
  /** When the timing manager let the credit go; perhaps some milliseconds before it is due. */
  issuedNs: NUMBER,
});

/**
 * Permission to send one turn: at its due time, or at once when that has passed.
 *
 * All instants are nanoseconds since the run's epoch (`RunConfig.epochUnixMs`).
 */
export type Credit = z.infer<typeof creditSchema>;

/** How a request can end. `lost`: its worker died before it could say. */
export const OUTCOMES = ["success", "error", "cancelled", "lost"] as const;

/** Wire schema of an outcome. */
export const outcomeSchema = z.enum(OUTCOMES);

/** How a request ended. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** Wire schema of the report that a credit has been used. */
export const creditReturnSchema = z.object({
  creditId: INT,
  phase: phaseSchema,
  outcome: outcomeSchema,
  /** When the request ended, in nanoseconds since the run's epoch; absent: nobody knows. */
  endedNs: z.optional(NUMBER),
});

/** A used credit on its way back: worker → worker_manager → timing_manager. */
export type CreditReturn = z.infer<typeof creditReturnSchema>;
