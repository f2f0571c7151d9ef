import type { DatasetFormat } from "./dataset_format.ts";

/** Which trace is to be analysed, and how it is read. */
export interface TraceRequest {
  readonly path: string;
  /** null: found out from the file. */
  readonly format: DatasetFormat | null;
  /** Tokens of a block; null: as many as the format has. */
  readonly blockSize: number | null;
  readonly skipsBadLines: boolean;
}

/** What an analysis has to say. */
export interface AnalyzedTrace {
  /** For the terminal. */
  readonly text: string;
  readonly json: string;
  /** The lines that were left out and why, one sentence each. */
  readonly leftOut: readonly string[];
}
