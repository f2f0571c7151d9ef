import { field, FieldError, type JsonObject, mustBe, readCount } from "./fields.ts";
import type { BlockId, PromptRecipe } from "./recipe.ts";

/**
 * Reads `input_length` and `hash_ids`, which say what a prompt is made up of.
 *
 * Throws a FieldError when the blocks cannot hold as many tokens as the prompt has.
 */
export function readRecipe(row: JsonObject, blockSize: number): PromptRecipe {
  const inputTokens = readCount(row, "input_length", "");
  if (inputTokens === null) throw new FieldError("input_length", "is missing");
  const blocks = readBlocks(row);
  if (blocks !== null) checkBlocks({ inputTokens, blocks: blocks.length, blockSize });
  return { inputTokens, blocks, blockSize };
}

function readBlocks(row: JsonObject): readonly BlockId[] | null {
  const ids = field(row, "hash_ids");
  if (ids === undefined) return null;
  if (!Array.isArray(ids)) throw mustBe("hash_ids", "a list of numbers", ids);
  if (ids.length === 0) return null;
  for (let i = 0; i < ids.length; i++) {
    const id: unknown = ids[i];
    if (typeof id === "string" || Number.isInteger(id)) continue;
    throw mustBe(`hash_ids[${i}]`, "a whole number or a text", id);
  }
  return ids;
}

interface BlockCheck {
  readonly inputTokens: number;
  readonly blocks: number;
  readonly blockSize: number;
}

function checkBlocks({ inputTokens, blocks, blockSize }: BlockCheck): void {
  const least = (blocks - 1) * blockSize + 1;
  const most = blocks * blockSize;
  if (inputTokens >= least && inputTokens <= most) return;
  const are = blocks === 1 ? "is 1 block" : `are ${blocks} blocks`;
  throw new FieldError(
    "hash_ids",
    `${are} of ${blockSize} tokens (--isl-block-size), which hold ${least} to ${most} tokens, ` +
      `and input_length is ${inputTokens}`,
  );
}
