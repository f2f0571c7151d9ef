import * as z from "zod/mini";
import { INT, NUMBER, STRING } from "./primitives.ts";

/** Why a run came to its end; the words of the exports. */
const END_REASONS = [
  /** All that was asked for was sent, or its time was up. */
  "complete",
  /** More requests failed than `--failed-request-threshold` allows. */
  "failed_request_threshold",
  /** A signal. */
  "interrupted",
  /** A part of the tool broke that the run cannot do without. */
  "failure",
  /** The journal ends before the run did. */
  "unknown",
] as const;

/** Wire schema of how a run came to its end. */
export const runEndingSchema = z.object({
  reason: z.enum(END_REASONS),
  /** The name of the signal, or what broke in words; null: there is no more to say. */
  cause: z.nullable(STRING),
});

/** How a run came to its end, as the controller saw it. */
export type RunEnding = z.infer<typeof runEndingSchema>;

/** Wire schema of what a report says of the end of its run. */
export const runEndSchema = z.object({
  reason: z.enum(END_REASONS),
  /** In a sentence or two; null where there is nothing to say. */
  detail: z.nullable(STRING),
  /** Where too many requests failed. */
  failures: z.nullable(z.object({
    /** Requests that failed or got lost, */
    failed: INT,
    /** of so many that had an answer, or got lost: who was cut off does not count. */
    ended: INT,
    /** The first divided by the second, from 0 to 1. */
    ratio: NUMBER,
    /** `--failed-request-threshold`. */
    limit: NUMBER,
  })),
});

/** What a report says of the end of its run. */
export type RunEnd = z.infer<typeof runEndSchema>;
