import * as z from "zod/mini";
import { healthSummarySchema } from "./instrument.ts";
import type { RequestRecord } from "./record.ts";
import { creditAccountSchema } from "./report.ts";
import { runConfigSchema } from "./run_config.ts";
import { phaseCompleteSchema, phaseStartedSchema } from "./run_event.ts";
import { runEndingSchema } from "./run_ending.ts";
import { BOOLEAN, INT, STRING } from "./primitives.ts";

/** The version of the journal's own form; a journal of a later version is refused. */
export const JOURNAL_VERSION = 1;

/** Schema of the first line of a journal. */
export const journalHeaderSchema = z.object({
  journal: z.literal(JOURNAL_VERSION),
  aiperfVersion: STRING,
  /** Whether its records tell how long limits held requests back; journals of before did not. */
  tellsSlotWaits: z._default(BOOLEAN, false),
  /** Holds no secrets: they are not part of it. */
  config: runConfigSchema,
});

/** The first line of a journal: what was asked for. */
export type JournalHeader = z.infer<typeof journalHeaderSchema>;

/** Wire schema of what the reports of a run take from outside of its records. */
export const runClosingSchema = z.object({
  type: z.literal("run_closing"),
  wasCancelled: BOOLEAN,
  /** Why the run ended; journals of before did not say. */
  ending: z.optional(runEndingSchema),
  /** What broke, in words; null when nothing did. */
  failure: z.nullable(STRING),
  /** What became of the credits of each phase. */
  accounts: z.object({ warmup: creditAccountSchema, profiling: creditAccountSchema }),
  /** Credits that were issued and never became a record. */
  missing: INT,
  /** The first of them, ascending; journals of before did not name them. */
  missingIds: z._default(z.array(INT), []),
  /** How the processes and the machine were in the profiling phase. */
  health: healthSummarySchema,
});

/** How a run came to its end; the last line of its journal. */
export type RunClosing = z.infer<typeof runClosingSchema>;

/**
 * Wire schema of the tokens of a conversation that nobody had counted before it was sent: it comes
 * from a file, which is not in the journal itself.
 */
export const tokenCountsSchema = z.object({
  type: z.literal("token_counts"),
  conversationIndex: INT,
  /** For each turn, the tokens of all that is sent with it, but for answers. */
  inputTokens: z.array(INT),
});

/** Schema of every line of a journal that is neither its header nor a record. */
export const journalNoteSchema = z.discriminatedUnion("type", [
  phaseStartedSchema,
  phaseCompleteSchema,
  tokenCountsSchema,
  runClosingSchema,
]);

/** A line of a journal that tells of the run, not of a request. */
export type JournalNote = z.infer<typeof journalNoteSchema>;

/** A line of a journal after the first one. */
export type JournalEntry = RequestRecord | JournalNote;

/** Whether a line is a request's. */
export function isRecord(entry: JournalEntry): entry is RequestRecord {
  return !isNote(entry);
}

/** Whether a line tells of the run rather than of a request. */
export function isNote(entry: JournalEntry): entry is JournalNote {
  return "type" in entry;
}
