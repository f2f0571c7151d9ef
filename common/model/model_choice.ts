import * as z from "zod/mini";
import { deriveRandom } from "../runtime/random.ts";
import type { Credit } from "./credit.ts";
import { MODEL_STRATEGIES } from "./model_strategy.ts";
import { INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of the choice between models. */
export const modelChoiceSchema = z.object({
  /** At least two. */
  models: z.array(STRING),
  strategy: z.enum(MODEL_STRATEGIES),
  /** One for each model, above 0; null unless the strategy goes by them. */
  weights: z.nullable(z.array(NUMBER)),
  seed: INT,
});

/** Several models, of which each request asks for one. */
export type ModelChoice = z.infer<typeof modelChoiceSchema>;

/** Where a request stands in its run; nothing else decides where it goes. */
export type RequestPlace = Pick<Credit, "phase" | "sessionIndex" | "turnIndex">;

/**
 * Which of several URLs the requests of a session go to: the sessions take turns.
 *
 * A function of the number of the session alone, so neither workers nor their number matter.
 */
export function urlIndexOf({ sessionIndex }: Pick<Credit, "sessionIndex">, urls: number): number {
  return urls === 1 ? 0 : sessionIndex % urls;
}

/**
 * The model that a request asks for.
 *
 * In turn, a session begins one model further than the one before it, and so does each of its turns
 * after the turn before. Where sessions take turns between `urls` URLs too, as many sessions in a row
 * begin with the same model: otherwise each URL might never be asked for but one of them.
 */
export function modelFor(choice: ModelChoice, place: RequestPlace, urls: number): string {
  const { models, strategy, weights, seed } = choice;
  const { phase, sessionIndex, turnIndex } = place;
  if (strategy === "round_robin") {
    return models[(Math.floor(sessionIndex / urls) + turnIndex) % models.length]!;
  }
  const draw = deriveRandom(seed, `model ${phase} ${sessionIndex} ${turnIndex}`).next();
  return models[weights === null ? Math.floor(draw * models.length) : weighted(weights, draw)]!;
}

/** The index on which a draw in [0, 1) falls, each being as wide as its weight. */
function weighted(weights: readonly number[], draw: number): number {
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    if (left < weight) return i;
    left -= weight;
  }
  // Rounding can leave a little.
  return weights.length - 1;
}
