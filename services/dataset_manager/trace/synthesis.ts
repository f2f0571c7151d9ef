import type { SynthesisPlan } from "../../../common/model/dataset_file.ts";
import type { BlockId, PromptRecipe } from "../formats/recipe.ts";

/** What a synthesis makes of a row depends on what it shares with others, and on nothing else. */
export interface SharedBlocks {
  /** How many blocks of a prompt, from its start, are in other prompts, too. */
  sharedRun(blocks: readonly BlockId[]): number;
}

/** A time of a trace, sped up. */
export function scaledTime(ms: number | null, { speedupRatio }: SynthesisPlan): number | null {
  return ms === null ? null : ms / speedupRatio;
}

/** How long an answer to ask for: multiplied, rounded, 1 at least and `maxOsl` at most. */
export function scaledOutput(
  tokens: number | null,
  { outputLenMultiplier, maxOsl }: SynthesisPlan,
): number | null {
  if (tokens === null) return null;
  const scaled = Math.max(1, Math.round(tokens * outputLenMultiplier));
  return Math.min(scaled, maxOsl ?? Infinity);
}

/**
 * A prompt whose shared beginning and own rest are as much longer, or shorter, as the plan says.
 *
 * The shared beginning is in whole blocks, and two prompts that begin with the same blocks still do,
 * for as much longer or shorter. The rest is in tokens. A prompt has at least one token.
 */
export function scaledPrompt(
  recipe: PromptRecipe,
  plan: SynthesisPlan,
  shared: SharedBlocks,
): PromptRecipe {
  const { prefixLenMultiplier, promptLenMultiplier } = plan;
  if (prefixLenMultiplier === 1 && promptLenMultiplier === 1) return recipe;
  const { blocks, inputTokens, blockSize } = recipe;
  if (blocks === null) {
    return { ...recipe, inputTokens: Math.max(1, Math.round(inputTokens * promptLenMultiplier)) };
  }
  const whole = Math.min(shared.sharedRun(blocks), Math.floor(inputTokens / blockSize));
  const prefix = stretched(blocks.slice(0, whole), prefixLenMultiplier);
  const ownTokens = Math.round((inputTokens - whole * blockSize) * promptLenMultiplier);
  const least = prefix.length === 0 ? 1 : 0;
  const own = Math.max(least, ownTokens);
  return {
    inputTokens: prefix.length * blockSize + own,
    blocks: [...prefix, ...ownBlocks(blocks.slice(whole), Math.ceil(own / blockSize), blocks)],
    blockSize,
  };
}

/**
 * So many times as many blocks, each of which is repeated, or left out, evenly.
 *
 * Which block stands at a place depends on the place alone, so that equal beginnings stay equal.
 * Repetitions are blocks of their own.
 */
function stretched(blocks: readonly BlockId[], ratio: number): BlockId[] {
  const length = Math.round(blocks.length * ratio);
  const result: BlockId[] = [];
  let before = -1;
  let repetition = 0;
  for (let at = 0; at < length; at++) {
    const from = Math.min(blocks.length - 1, Math.floor(at / ratio));
    repetition = from === before ? repetition + 1 : 0;
    before = from;
    result.push(repetition === 0 ? blocks[from]! : `${blocks[from]}+${repetition}`);
  }
  return result;
}

/** So many blocks that nobody else has: the prompt's own ones, then more of the same kind. */
function ownBlocks(
  own: readonly BlockId[],
  length: number,
  all: readonly BlockId[],
): BlockId[] {
  const last = own.at(-1) ?? all.at(-1)!;
  return Array.from({ length }, (_, i) => own[i] ?? `${last}*${i}`);
}

/** Whether the plan leaves a prompt of this length in. */
export function isWanted(inputTokens: number, { maxIsl }: SynthesisPlan): boolean {
  return inputTokens <= (maxIsl ?? Infinity);
}
