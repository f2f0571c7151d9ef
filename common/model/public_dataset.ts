import type { TokenizerPlan } from "./tokenizer_plan.ts";

/** The data sets that are known by name; each is an entry of the dataset manager's table. */
export const PUBLIC_DATASETS = [
  "sharegpt",
  "aimo",
  "aimo_aime",
  "aimo_numina_cot",
  "aimo_numina_1_5",
  "instruct_coder",
  "blazedit_5k",
  "blazedit_10k",
  "spec_al_gsm8k",
  "spec_al_math500",
  "spec_al_humaneval",
  "spec_al_mbpp",
  "spec_al_mtbench",
  "mmstar",
  "llava_onevision",
  "vision_arena",
] as const;

/** The name of a public data set. */
export type PublicDatasetName = typeof PUBLIC_DATASETS[number];

/** A public data set as it is wanted. */
export interface PublicDatasetRequest {
  readonly name: PublicDatasetName;
  /** The part of it to use; null: the usual one. */
  readonly subset: string | null;
  /** Only the first so many conversations that can be used; null: the usual number. */
  readonly maxEntries: number | null;
  /** Whether answers as long as the recorded ones are asked for. */
  readonly asksForRecordedLength: boolean;
  /** What lengths are counted with. */
  readonly tokenizer: TokenizerPlan;
  /** Says something to the person at the terminal. */
  readonly say: (line: string) => void;
}
