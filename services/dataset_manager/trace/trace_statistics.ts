import { Distribution } from "../../../common/stats/distribution.ts";
import type { Summary } from "../../../common/stats/summary.ts";
import { IdTable } from "../file/id_table.ts";
import type { LineContent } from "../formats/format.ts";
import type { PromptRecipe } from "../formats/recipe.ts";
import { BlockCounts } from "./block_counts.ts";

/** Up to so many rows percentiles are those of the rows themselves. */
const MOST_EXACT = 1_000_000;

/** What a trace says about its requests; a summary is null where no row says what it is of. */
export interface TraceAnalysis {
  readonly requests: number;
  readonly sessions: number;
  /** From the first request to the last; null: the trace has no times. */
  readonly durationMs: number | null;
  readonly inputTokens: Summary | null;
  readonly outputTokens: Summary | null;
  /** Of each prompt, the tokens that a server with an endless cache had seen at its beginning. */
  readonly cachedTokens: Summary | null;
  /** Of each prompt, the other tokens. */
  readonly newTokens: Summary | null;
  /** Of each prompt, the part that was in the cache, from 0 to 1. */
  readonly hitRates: Summary | null;
  /** The part of all input tokens that such a server would not have to compute, from 0 to 1. */
  readonly cacheHitRate: number;
  /** Tokens of a block; null: no prompt is made of blocks. */
  readonly blockSize: number | null;
  /** Blocks of all prompts together. */
  readonly blocks: number;
  readonly uniqueBlocks: number;
  /** Those of the unique ones that are in several prompts. */
  readonly sharedBlocks: number;
  /** Different first blocks with which several prompts begin. */
  readonly prefixGroups: number;
}

/** Takes the rows of a trace in order, and says at the end what they are like. */
export class TraceStatistics {
  readonly #blockCounts = new BlockCounts();
  readonly #firstBlocks = new BlockCounts();
  readonly #conversations = new IdTable();
  readonly #input = new Distribution(MOST_EXACT);
  readonly #output = new Distribution(MOST_EXACT);
  readonly #cached = new Distribution(MOST_EXACT);
  readonly #new = new Distribution(MOST_EXACT);
  readonly #hitRates = new Distribution(MOST_EXACT);
  #requests = 0;
  #sessions = 0;
  #inputTokens = 0;
  #cachedTokens = 0;
  #blocks = 0;
  #blockSize: number | null = null;
  #firstMs = Infinity;
  #lastMs = -Infinity;

  /** Takes the next row. */
  add(content: LineContent): void {
    this.#countSession(content);
    for (const { outputTokens, timestampMs } of content.turns) {
      this.#requests++;
      if (outputTokens !== null) this.#output.push(outputTokens);
      if (timestampMs === null) continue;
      this.#firstMs = Math.min(this.#firstMs, timestampMs);
      this.#lastMs = Math.max(this.#lastMs, timestampMs);
    }
    for (const prompt of content.prompts ?? []) this.#addPrompt(prompt);
  }

  /** What all rows together are like. */
  get result(): TraceAnalysis {
    return {
      requests: this.#requests,
      sessions: this.#sessions,
      durationMs: this.#lastMs < this.#firstMs ? null : this.#lastMs - this.#firstMs,
      inputTokens: this.#input.summarize(),
      outputTokens: this.#output.summarize(),
      cachedTokens: this.#cached.summarize(),
      newTokens: this.#new.summarize(),
      hitRates: this.#hitRates.summarize(),
      cacheHitRate: this.#inputTokens === 0 ? 0 : this.#cachedTokens / this.#inputTokens,
      blockSize: this.#blockSize,
      blocks: this.#blocks,
      uniqueBlocks: this.#blockCounts.unique,
      sharedBlocks: this.#blockCounts.shared,
      prefixGroups: this.#firstBlocks.shared,
    };
  }

  #countSession({ link }: LineContent): void {
    if (link === undefined || this.#conversations.get(link.joins) === undefined) this.#sessions++;
    if (link !== undefined) this.#conversations.set(link.knownAs, 0);
  }

  #addPrompt(prompt: PromptRecipe): void {
    const { inputTokens, blocks, blockSize } = prompt;
    const known = this.#blockCounts.add({ prompts: [prompt] });
    const cached = Math.min(inputTokens, known * blockSize);
    this.#inputTokens += inputTokens;
    this.#cachedTokens += cached;
    this.#input.push(inputTokens);
    this.#cached.push(cached);
    this.#new.push(inputTokens - cached);
    this.#hitRates.push(cached / inputTokens);
    if (blocks === null) return;
    this.#blocks += blocks.length;
    this.#blockSize = blockSize;
    this.#firstBlocks.add({ prompts: [{ ...prompt, blocks: blocks.slice(0, 1) }] });
  }
}
