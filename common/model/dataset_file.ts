import * as z from "zod/mini";
import { DATASET_FORMATS } from "./dataset_format.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of what `--synthesis-…` makes of a trace. */
const synthesisPlanSchema = z.object({
  /** Every time is divided by it. */
  speedupRatio: NUMBER,
  /** The length of what a prompt shares with others is multiplied by it. */
  prefixLenMultiplier: NUMBER,
  /** So many independent copies of every shared prefix. */
  prefixRootMultiplier: INT,
  /** The length of what a prompt has for itself is multiplied by it. */
  promptLenMultiplier: NUMBER,
  outputLenMultiplier: NUMBER,
  /** Rows whose prompt is longer are left out; null: none. */
  maxIsl: z.nullable(INT),
  /** No answer is asked for that is longer; null: no limit. */
  maxOsl: z.nullable(INT),
});

/** What `--synthesis-…` makes of a trace. */
export type SynthesisPlan = z.infer<typeof synthesisPlanSchema>;

/** Wire schema of where a data set is read from. */
export const datasetFileSchema = z.object({
  /** Absolute. */
  path: STRING,
  /** null: found out from the file. */
  format: z.nullable(z.enum(DATASET_FORMATS)),
  /** Only so many conversations from the start of the file; null: all. */
  maxEntries: z.nullable(INT),
  /** Whether lines that cannot be used are left out instead of ending the run. */
  skipsBadLines: BOOLEAN,
  /** Tokens of a block of a trace; null: as many as the format has. */
  blockSize: z.nullable(INT),
  /** Whether the rows of a session hold what is new, or all that was said so far; null: not said. */
  history: z.nullable(z.enum(["delta", "cumulative"])),
  /** null: the trace is used as it is. */
  synthesis: z.nullable(synthesisPlanSchema),
});

/** Where a data set is read from, and how. */
export type DatasetFile = z.infer<typeof datasetFileSchema>;

/** A file that is read as it is, with the given fields set. */
export function datasetFile(path: string, fields: Partial<DatasetFile> = {}): DatasetFile {
  return {
    path,
    format: null,
    maxEntries: null,
    skipsBadLines: false,
    blockSize: null,
    history: null,
    synthesis: null,
    ...fields,
  };
}
