/** What stands for a block of a recorded prompt: equal ids are equal texts. */
export type BlockId = number | string;

/** How a prompt of which only the length is recorded is made up. */
export interface PromptRecipe {
  /** 1 or more. */
  readonly inputTokens: number;
  /** The blocks that it is made of, the last one perhaps cut off; null: it shares no text. */
  readonly blocks: readonly BlockId[] | null;
  /** Tokens of a block. */
  readonly blockSize: number;
}

/** How many of a recipe's tokens are in its block at `index`. */
export function tokensOfBlock({ inputTokens, blockSize }: PromptRecipe, index: number): number {
  return Math.min(blockSize, inputTokens - index * blockSize);
}
