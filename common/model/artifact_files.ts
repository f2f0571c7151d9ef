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
