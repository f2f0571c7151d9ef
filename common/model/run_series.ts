import type { RunReport } from "./report.ts";

/** Several runs of the same benchmark, one after the other, when all have ended. */
export interface RunSeries {
  /** The folder of the series, which the runs' folders are in. */
  readonly artifactDir: string;
  /** The name of the file in a run's folder with the metrics of each request; null: there is none. */
  readonly requestMetrics: string | null;
  /** Above 0 and below 1. */
  readonly confidenceLevel: number;
  /** Every run that was asked for, in order, also those that never began. */
  readonly runs: readonly EndedRun[];
}

/** How one run of a series ended. */
export interface EndedRun {
  /** `run_0001` for the first. */
  readonly label: string;
  /** What kept it from being complete, in words for the terminal; null: it counts. */
  readonly problem: string | null;
  /** null: it has no results. */
  readonly report: RunReport | null;
}

/** A series has so many runs at most. */
export const MOST_RUNS = 10;

/** The label of a run, from its number; the first is 1. */
export function runLabel(number: number): string {
  return `run_${String(number).padStart(4, "0")}`;
}

/** What a run of a series is called where people read of it. */
export function runTitle(number: number, of: number): string {
  return `run ${number} of ${of}`;
}

/** The report of a run of a series as the terminal shows it, among those of the others. */
export function titledReport(console: string, title: string): string {
  return `aiperf | ${title}\n\n${console}\n`;
}

/** The folder of a run in the folder of its series. */
export function runFolder(label: string): string {
  return `profile_runs/${label}`;
}

/** The files that a series adds to those of its runs, in its own folder. */
export const AGGREGATE_FILES = {
  json: "aggregate/profile_export_aiperf_aggregate.json",
  csv: "aggregate/profile_export_aiperf_aggregate.csv",
  /** The requests of all runs, pooled. */
  collated: "aggregate/profile_export_aiperf_collated.json",
} as const;
