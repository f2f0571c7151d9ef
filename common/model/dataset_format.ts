/** The formats of input files; each is one file in the dataset manager's `formats/`. */
export const DATASET_FORMATS = [
  "single_turn",
  "multi_turn",
  "random_pool",
  "mooncake_trace",
  "bailian_trace",
  "burst_gpt_trace",
  "azure_trace",
  "raw_payload",
  "inputs_json",
] as const;

/** The name of a format of input files. */
export type DatasetFormat = typeof DATASET_FORMATS[number];

/** The formats that may be a folder of files. */
export const FOLDER_FORMATS: readonly DatasetFormat[] = ["random_pool", "raw_payload"];

/** The formats that are recorded traces: `--synthesis-…` changes them. */
export const TRACE_FORMATS: readonly DatasetFormat[] = [
  "mooncake_trace",
  "bailian_trace",
  "burst_gpt_trace",
  "azure_trace",
];

/** The formats that are tables, and the columns without which they are none; all have timestamps. */
export const TABLE_COLUMNS: Readonly<Partial<Record<DatasetFormat, readonly string[]>>> = {
  "burst_gpt_trace": ["Timestamp", "Request tokens", "Response tokens"],
  "azure_trace": ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
};
