import type { SynthesisPlan } from "../../../common/model/dataset_file.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent } from "../formats/format.ts";
import {
  isWanted,
  scaledOutput,
  scaledPrompt,
  scaledTime,
  type SharedBlocks,
} from "./synthesis.ts";

/**
 * What a synthesis makes of a row of a trace; null: it is left out.
 *
 * What a row says in words stays as it is. Throws a FieldError when `maxIsl` is asked for and the row
 * does not say how long its prompt is.
 */
export function changeRow(
  content: LineContent,
  plan: SynthesisPlan,
  shared: SharedBlocks,
): LineContent | null {
  const { turns, prompts } = content;
  if (prompts === undefined && plan.maxIsl !== null) {
    throw new FieldError("input_length", "is missing, and --synthesis-max-isl needs it");
  }
  const changed = prompts?.map((prompt) => scaledPrompt(prompt, plan, shared));
  if (changed?.some(({ inputTokens }) => !isWanted(inputTokens, plan))) return null;
  return {
    ...content,
    turns: turns.map((turn) => ({
      ...turn,
      timestampMs: scaledTime(turn.timestampMs, plan),
      delayMs: scaledTime(turn.delayMs, plan),
      outputTokens: turn.body === null ? scaledOutput(turn.outputTokens, plan) : turn.outputTokens,
    })),
    ...(changed && { prompts: changed }),
  };
}
