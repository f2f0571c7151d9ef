import { deriveRandom } from "../../../common/runtime/random.ts";
import { type PromptRecipe, tokensOfBlock } from "../formats/recipe.ts";
import { exactBlock, exactPrompt, joinBlocks } from "./exact_prompt.ts";
import type { Lexicon } from "./lexicon.ts";

/** Characters of blocks that are kept: a trace uses the same ones again and again. */
const MOST_KEPT = 16 * 1024 * 1024;

/** What a prompt is made up for. */
export interface PromptPlace {
  /** Names the stream of its words where it shares none. */
  readonly stream: string;
  /** Which of several copies of the shared texts it uses. */
  readonly root: number;
}

/** Makes up prompts of which the lengths are recorded: equal blocks are equal texts. */
export class PromptWriter {
  readonly #lexicon: Lexicon;
  readonly #seed: number;
  readonly #kept = new Map<string, string>();
  #characters = 0;

  constructor(lexicon: Lexicon, seed: number) {
    this.#lexicon = lexicon;
    this.#seed = seed;
  }

  /**
   * The text of a recipe, of exactly its number of tokens.
   *
   * Throws RangeError when the tokenizer has no text that is so short, or no blocks.
   */
  write(recipe: PromptRecipe, { stream, root }: PromptPlace): string {
    const { blocks, inputTokens } = recipe;
    if (blocks === null) {
      return exactPrompt(this.#lexicon, deriveRandom(this.#seed, stream), inputTokens);
    }
    const prefix = root === 0 ? "dataset.block." : `dataset.block.${root}:`;
    return joinBlocks(blocks.map((id, i) => this.#block(prefix + id, tokensOfBlock(recipe, i))));
  }

  #block(stream: string, tokens: number): string {
    const key = `${tokens} ${stream}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const text = exactBlock(this.#lexicon, deriveRandom(this.#seed, stream), tokens);
    this.#kept.set(key, text);
    this.#characters += text.length;
    for (const [oldest, other] of this.#kept) {
      if (this.#characters <= MOST_KEPT || oldest === key) break;
      this.#kept.delete(oldest);
      this.#characters -= other.length;
    }
    return text;
  }
}
