import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { plainTurn } from "../../../../common/model/conversation.ts";
import type { SynthesisPlan } from "../../../../common/model/dataset_file.ts";
import { FieldError } from "../../../../services/dataset_manager/formats/fields.ts";
import type { LineContent } from "../../../../services/dataset_manager/formats/format.ts";
import type { BlockId, PromptRecipe } from "../../../../services/dataset_manager/formats/recipe.ts";
import { BlockCounts } from "../../../../services/dataset_manager/trace/block_counts.ts";
import { changeRow } from "../../../../services/dataset_manager/trace/change_row.ts";
import {
  scaledOutput,
  scaledPrompt,
  scaledTime,
} from "../../../../services/dataset_manager/trace/synthesis.ts";
import { synthesisPlanOf } from "./synthesis_plan.ts";

function recipe(inputTokens: number, blocks: readonly BlockId[] | null): PromptRecipe {
  return { inputTokens, blocks, blockSize: 100 };
}

/** What a synthesis makes of each of the prompts of a trace. */
function scaled(prompts: readonly PromptRecipe[], change: Partial<SynthesisPlan>): PromptRecipe[] {
  const counts = new BlockCounts();
  for (const prompt of prompts) counts.add({ prompts: [prompt] });
  return prompts.map((prompt) => scaledPrompt(prompt, synthesisPlanOf(change), counts));
}

Deno.test("times are divided by the speed-up", () => {
  const plan = synthesisPlanOf({ speedupRatio: 4 });
  assertEquals([1_000, 0, null].map((ms) => scaledTime(ms, plan)), [250, 0, null]);
  assertEquals(scaledTime(100, synthesisPlanOf({ speedupRatio: 0.5 })), 200);
});

Deno.test("answers are multiplied, rounded, and cut to the longest", () => {
  const of = (tokens: number | null, change: Partial<SynthesisPlan>) =>
    scaledOutput(tokens, synthesisPlanOf(change));
  assertEquals(of(7, { outputLenMultiplier: 1.5 }), 11);
  assertEquals(of(3, { outputLenMultiplier: 0.1 }), 1);
  assertEquals(of(500, { outputLenMultiplier: 2, maxOsl: 800 }), 800);
  assertEquals(of(500, { maxOsl: 800 }), 500);
  assertEquals(of(null, { maxOsl: 800 }), null);
});

/** Two share two blocks, the third has one of them, and the rest is each one's own. */
const TRACE = [recipe(350, [1, 2, 3, 4]), recipe(290, [1, 2, 5]), recipe(120, [1, 6])];

Deno.test("the shared beginning and the own rest are each multiplied", () => {
  // 200 shared + 150 own; 200 + 90; 100 + 20.
  assertEquals(scaled(TRACE, { promptLenMultiplier: 2 }).map((p) => p.inputTokens), [
    500,
    380,
    140,
  ]);
  assertEquals(scaled(TRACE, { promptLenMultiplier: 0.5 }).map((p) => p.inputTokens), [
    275,
    245,
    110,
  ]);
  assertEquals(scaled(TRACE, { prefixLenMultiplier: 3 }).map((p) => p.inputTokens), [
    750,
    690,
    320,
  ]);
  assertEquals(scaled(TRACE, { prefixLenMultiplier: 0.5 }).map((p) => p.inputTokens), [
    250,
    190,
    120,
  ]);
  assertEquals(scaled(TRACE, { prefixLenMultiplier: 0 }).map((p) => p.inputTokens), [150, 90, 20]);
  assertEquals(scaled(TRACE, {}), TRACE);
});

Deno.test("what is made longer is made of blocks of its own", () => {
  assertEquals(
    scaled(TRACE, { prefixLenMultiplier: 2, promptLenMultiplier: 2 }).map((p) => p.blocks),
    [
      [1, "1+1", 2, "2+1", 3, 4, "4*2"],
      [1, "1+1", 2, "2+1", 5, "5*1"],
      [1, "1+1", 6],
    ],
  );
  assertEquals(scaled(TRACE, { prefixLenMultiplier: 0.5 }).map((p) => p.blocks), [
    [1, 3, 4],
    [1, 5],
    [1, 6],
  ]);
});

Deno.test("a prompt without blocks is all its own", () => {
  assertEquals(scaled([recipe(10, null)], { promptLenMultiplier: 2.5 }), [recipe(25, null)]);
  assertEquals(scaled([recipe(10, null)], { promptLenMultiplier: 0 }), [recipe(1, null)]);
  assertEquals(scaled([recipe(10, null)], { prefixLenMultiplier: 3 }), [recipe(10, null)]);
});

Deno.test("lengths fit the blocks, and what began alike begins alike", () => {
  const ids = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
  const prompt = fc.tuple(ids, fc.integer({ min: 1, max: 100 }))
    .map(([blocks, last]) => recipe((blocks.length - 1) * 100 + last, blocks));
  const factor = fc.constantFrom(0, 0.25, 0.5, 1, 1.5, 2, 3.7);
  fc.assert(fc.property(fc.array(prompt, { minLength: 2 }), factor, factor, (prompts, a, b) => {
    const results = scaled(prompts, { prefixLenMultiplier: a, promptLenMultiplier: b });
    for (const { inputTokens, blocks } of results) {
      assert(inputTokens >= 1);
      assertEquals(blocks!.length, Math.ceil(inputTokens / 100));
    }
    const counts = new BlockCounts();
    for (const one of prompts) counts.add({ prompts: [one] });
    const wholeShared = ({ blocks, inputTokens }: PromptRecipe) =>
      Math.min(counts.sharedRun(blocks!), Math.floor(inputTokens / 100));
    const [first, second] = prompts as [PromptRecipe, PromptRecipe];
    let alike = 0;
    while (alike < first.blocks!.length && first.blocks![alike] === second.blocks![alike]) alike++;
    alike = Math.min(alike, wholeShared(first), wholeShared(second));
    const kept = Math.floor(alike * a);
    assertEquals(results[0]!.blocks!.slice(0, kept), results[1]!.blocks!.slice(0, kept));
  }));
});

function rowOf(change: Partial<LineContent> = {}): LineContent {
  const turn = plainTurn([], { timestampMs: 300, outputTokens: 10 });
  return { id: null, opening: [], turns: [turn], prompts: [recipe(120, [1, 2])], ...change };
}

Deno.test("a row is left out when its prompt is too long after all", () => {
  const change = (plan: Partial<SynthesisPlan>) =>
    changeRow(rowOf(), synthesisPlanOf(plan), { sharedRun: () => 1 });
  assertEquals(change({ maxIsl: 120 })!.prompts, rowOf().prompts);
  assertEquals(change({ maxIsl: 119 }), null);
  assertEquals(change({ maxIsl: 120, prefixLenMultiplier: 2 }), null);
  assertEquals(change({ maxIsl: 110, promptLenMultiplier: 0.5 })!.prompts, [recipe(110, [1, 2])]);
  const { turns } = change({ speedupRatio: 3, outputLenMultiplier: 2 })!;
  assertEquals([turns[0]!.timestampMs, turns[0]!.outputTokens], [100, 20]);
});

Deno.test("a row in words has no length that a limit could look at", () => {
  const { prompts: _, ...words } = rowOf();
  const shared = { sharedRun: () => 0 };
  assertEquals(changeRow(words, synthesisPlanOf({ promptLenMultiplier: 2 }), shared), words);
  const error = assertThrows(
    () => changeRow(words, synthesisPlanOf({ maxIsl: 9 }), shared),
    FieldError,
  );
  assertEquals(error.message, "input_length: is missing, and --synthesis-max-isl needs it");
});

Deno.test("blocks are counted by the prompts that they are in", () => {
  const counts = new BlockCounts();
  const known = [[1, 2, 1], [1, 3], [3, 1], [], [1, 2, 1]].map((blocks) =>
    counts.add({ prompts: [recipe(1, blocks)] })
  );
  assertEquals(known, [0, 1, 2, 0, 3]);
  assertEquals([counts.unique, counts.shared], [3, 3]);
  assertEquals(counts.sharedRun([1, 2, 9, 1]), 2);
});
