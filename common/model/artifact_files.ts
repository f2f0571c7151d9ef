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

/** Every request and answer as they went over the wire; only where it is asked for. */
export const RAW_EXPORT = "profile_export_raw.jsonl";

/** The part of the raw export that a worker writes; it is there until the parts are merged. */
export function rawPartName(workerId: string): string {
  return `profile_export_raw.${workerId}.jsonl`;
}

/** Whether a file of this name is a part of the raw export. */
export function isRawPart(name: string): boolean {
  return /^profile_export_raw\.\w+\.jsonl$/.test(name);
}
