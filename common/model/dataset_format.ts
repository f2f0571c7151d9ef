/** The formats of input files; each is one file in the dataset manager's `formats/`. */
export const DATASET_FORMATS = ["single_turn", "multi_turn"] as const;

/** The name of a format of input files. */
export type DatasetFormat = typeof DATASET_FORMATS[number];
