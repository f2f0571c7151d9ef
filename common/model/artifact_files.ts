/** The names of a run's files in its artifact folder. */
export const ARTIFACT_FILES = {
  /** The journal: every record as it came. */
  records: "records.jsonl",
  /** The metrics of every request. */
  requestMetrics: "profile_export.jsonl",
  summaryJson: "profile_export_aiperf.json",
  summaryCsv: "profile_export_aiperf.csv",
  /** What the terminal shows at the end. */
  console: "profile_export_console.txt",
  /** The request bodies. */
  inputs: "inputs.json",
  log: "logs/aiperf.log",
} as const;

/** What the names of the exports begin with unless the user says otherwise. */
export const EXPORT_PREFIX = "profile_export";

/** The exports of a run that are named as the user likes; see `ARTIFACT_FILES`. */
export interface ExportFiles {
  readonly requestMetrics: string;
  readonly summaryJson: string;
  readonly summaryCsv: string;
  readonly console: string;
  /** Every request and answer as they went over the wire; only where it is asked for. */
  readonly raw: string;
}

/** The names of the exports that begin with a prefix. */
export function exportFiles(prefix: string): ExportFiles {
  return {
    requestMetrics: `${prefix}.jsonl`,
    summaryJson: `${prefix}_aiperf.json`,
    summaryCsv: `${prefix}_aiperf.csv`,
    console: `${prefix}_console.txt`,
    raw: `${prefix}_raw.jsonl`,
  };
}

/** The part of the raw export that a worker writes; it is there until the parts are merged. */
export function rawPartName(prefix: string, workerId: string): string {
  return `${prefix}_raw.${workerId}.jsonl`;
}

/** The raw export that a file of this name is a part of; null: it is none. */
export function rawExportOf(name: string): string | null {
  const prefix = /^(.+)_raw\.worker_\w+\.jsonl$/.exec(name)?.[1];
  return prefix === undefined ? null : exportFiles(prefix).raw;
}
