import type { PublicDatasetName } from "../../../common/model/public_dataset.ts";
import type { PublicEntry, PublicSet, Row } from "./public_set.ts";
import { imageOf, listOf, oneTurn, textOf } from "./row_fields.ts";

/** What most sets have in common. */
const USUAL = {
  revision: "main",
  path: null,
  subset: null,
  split: "train",
  hasLengthRule: false,
} as const;

/** A set whose rows have the prompt in one field. */
function prompts(repo: string, column: string, rest: Partial<PublicSet> = {}): PublicSet {
  return {
    ...USUAL,
    repo,
    columns: [column],
    read: (row) => oneTurn(textOf(row, column)),
    ...rest,
  };
}

/** Every public data set: where it is, and what its rows mean. */
export const PUBLIC_SETS: Readonly<Record<PublicDatasetName, PublicSet>> = {
  sharegpt: {
    ...USUAL,
    repo: "anon8231489123/ShareGPT_Vicuna_unfiltered",
    path: "ShareGPT_V3_unfiltered_cleaned_split.json",
    columns: ["conversations"],
    hasLengthRule: true,
    read: readShareGpt,
  },
  aimo: prompts("AI-MO/NuminaMath-TIR", "problem"),
  "aimo_aime": prompts("AI-MO/aimo-validation-aime", "problem"),
  "aimo_numina_cot": prompts("AI-MO/NuminaMath-CoT", "problem"),
  "aimo_numina_1_5": prompts("AI-MO/NuminaMath-1.5", "problem"),
  "instruct_coder": {
    ...USUAL,
    repo: "likaixin/InstructCoder",
    columns: ["instruction", "input"],
    read: readInstruction,
  },
  "blazedit_5k": edits("vdaita/edit_5k_char"),
  "blazedit_10k": edits("vdaita/edit_10k_char"),
  "spec_al_gsm8k": prompts("openai/gsm8k", "question", { subset: "main", split: "test" }),
  "spec_al_math500": prompts("HuggingFaceH4/MATH-500", "problem", { path: "test.jsonl" }),
  "spec_al_humaneval": prompts("openai/openai_humaneval", "prompt", { split: "test" }),
  "spec_al_mbpp": prompts("google-research-datasets/mbpp", "text", {
    subset: "full",
    split: "test",
  }),
  "spec_al_mtbench": {
    ...USUAL,
    repo: "HuggingFaceH4/mt_bench_prompts",
    columns: ["prompt"],
    read: readTurns,
  },
  mmstar: {
    ...USUAL,
    repo: "Lin-Chen/MMStar",
    path: "mmstar.parquet",
    columns: ["question", "image"],
    read: (row) => withImages(textOf(row, "question"), [row["image"]]),
  },
  "llava_onevision": {
    ...USUAL,
    repo: "lmms-lab/LLaVA-OneVision-Data",
    subset: "sharegpt4o",
    columns: ["conversations", "image"],
    read: (row) => withImages(textOf(listOf(row, "conversations")[0], "value"), [row["image"]]),
  },
  "vision_arena": {
    ...USUAL,
    repo: "lmarena-ai/VisionArena-Chat",
    columns: ["conversation", "images"],
    read: readArena,
  },
};

/** The first question and the answer to it. */
function readShareGpt(row: Row): PublicEntry | null {
  const [question, answer] = listOf(row, "conversations");
  const text = textOf(answer, "value");
  return text === null ? null : oneTurn(textOf(question, "value"), { answer: text });
}

function readInstruction(row: Row): PublicEntry | null {
  const input = textOf(row, "input")?.trim() ?? "";
  const instruction = textOf(row, "instruction");
  return instruction === null || input === ""
    ? oneTurn(instruction)
    : oneTurn(`${instruction}\n\n${input}`);
}

function edits(repo: string): PublicSet {
  return { ...USUAL, repo, columns: ["code", "change_request"], read: readEdit };
}

function readEdit(row: Row): PublicEntry | null {
  const code = textOf(row, "code");
  const change = textOf(row, "change_request");
  if (code === null || change === null) return null;
  return oneTurn(
    `Change this file and answer with the whole new file.\n\nFile:\n\`\`\`python\n${code}\n\`\`\`` +
      `\n\nWanted change:\n${change}`,
  );
}

function readTurns(row: Row): PublicEntry | null {
  const turns = listOf(row, "prompt").filter((turn) => typeof turn === "string");
  return turns.length === 0 ? null : { turns, images: [], answer: null };
}

/** Its conversations are lists of rounds, each a list of messages. */
function readArena(row: Row): PublicEntry | null {
  const [round] = listOf(row, "conversation");
  const message = Array.isArray(round) ? round[0] : round;
  return withImages(textOf(message, "content"), listOf(row, "images"));
}

/** Where the picture goes in the text is the server's business. */
function withImages(text: string | null, images: readonly unknown[]): PublicEntry | null {
  const uris = images.flatMap((image) => imageOf(image) ?? []);
  return uris.length === 0 ? null : oneTurn(text?.replaceAll("<image>", "").trim() ?? null, {
    images: uris,
  });
}
