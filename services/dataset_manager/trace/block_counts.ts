import { IdTable } from "../file/id_table.ts";
import type { LineContent } from "../formats/format.ts";
import type { BlockId } from "../formats/recipe.ts";
import type { SharedBlocks } from "./synthesis.ts";

/** In how many prompts of a trace each block is: some 20 bytes a block. */
export class BlockCounts implements SharedBlocks {
  readonly #table = new IdTable();
  #shared = 0;

  /** How many different blocks there are. */
  get unique(): number {
    return this.#table.size;
  }

  /** How many of them are in more than one prompt. */
  get shared(): number {
    return this.#shared;
  }

  /** Counts the blocks of a row; returns how many of its first ones were in rows before. */
  add({ prompts }: Pick<LineContent, "prompts">): number {
    let known = 0;
    for (const { blocks } of prompts ?? []) {
      const run = blocks?.findIndex((id) => this.#table.get(String(id)) === undefined) ?? 0;
      known += run < 0 ? blocks!.length : run;
      // A block that a prompt has twice is in one prompt.
      for (const id of new Set(blocks ?? [])) this.#count(String(id));
    }
    return known;
  }

  sharedRun(blocks: readonly BlockId[]): number {
    const run = blocks.findIndex((id) => (this.#table.get(String(id)) ?? 0) < 2);
    return run < 0 ? blocks.length : run;
  }

  #count(id: string): void {
    const count = (this.#table.get(id) ?? 0) + 1;
    if (count === 2) this.#shared++;
    this.#table.set(id, Math.min(count, 2));
  }
}

/** Of a trace nobody has looked through. */
export const NOTHING_SHARED: SharedBlocks = { sharedRun: () => 0 };
