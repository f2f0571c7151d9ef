import type { DatasetPlan } from "../../common/model/run_config.ts";
import { deriveRandom, type Random, randomNormal } from "../../common/runtime/random.ts";

/** How often a value is drawn again before the least one is taken. */
const ATTEMPTS = 1_000;

/** A normal distribution. */
export interface Normal {
  readonly mean: number;
  readonly stddev: number;
}

/**
 * The length at the start of a random stream: a rounded normal deviate of at least 1.
 *
 * What is smaller is drawn again, as the reference does.
 */
export function drawLength(seed: number, stream: string, { mean, stddev }: Normal): number {
  if (stddev === 0) return Math.max(1, Math.round(mean));
  const random = deriveRandom(seed, stream);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const length = Math.round(randomNormal(random, mean, stddev));
    if (length >= 1) return length;
  }
  return 1;
}

/** A normal deviate of at least 0; what is smaller is drawn again. */
export function drawDuration(random: Random, { mean, stddev }: Normal): number {
  if (stddev === 0) return mean;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const duration = randomNormal(random, mean, stddev);
    if (duration >= 0) return duration;
  }
  return 0;
}

/** A pause between turns as the plan wants it: scaled, and no longer than the longest. */
export function pauseOf(
  { delayRatio, longestDelayMs }: Pick<DatasetPlan, "delayRatio" | "longestDelayMs">,
  delayMs: number | null,
): number | null {
  if (delayMs === null) return null;
  return Math.min(delayMs * delayRatio, longestDelayMs ?? Infinity);
}

/** The streams of the first turn are those of a conversation that has no other. */
export function streamOf(purpose: string, index: number, turnIndex: number): string {
  const stream = `dataset.${purpose}.${index}`;
  return turnIndex === 0 ? stream : `${stream}.${turnIndex}`;
}

/** How many output tokens a turn asks for; null when the plan leaves it open. */
export function drawOutputTokens(
  { seed, osl }: Pick<DatasetPlan, "seed" | "osl">,
  index: number,
  turnIndex: number,
): number | null {
  return osl === null ? null : drawLength(seed, streamOf("osl", index, turnIndex), osl);
}

/** Shaped like a UUID; the index is its last part, so that no two of a data set are equal. */
export function conversationId(seed: number, index: number): string {
  const random = deriveRandom(seed, `dataset.id.${index}`);
  const digits = hex(random.next() * 2 ** 40, 10) + hex(random.next() * 2 ** 40, 10);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16)];
  return `${parts.join("-")}-${hex(index, 12)}`;
}

function hex(value: number, length: number): string {
  return Math.floor(value).toString(16).padStart(length, "0");
}
