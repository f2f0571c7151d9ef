import type { Conversation } from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom, randomNormal } from "../../../common/runtime/random.ts";
import { writePrompt } from "./prompt.ts";

/** How often a length is drawn again before the least one is taken. */
const LENGTH_ATTEMPTS = 1_000;

/** Conversations by their position. */
export interface Dataset {
  /** How many there are. */
  readonly entries: number;
  /** The conversation at `index`; throws `RangeError` unless it is an integer in [0, entries). */
  conversation(index: number): Conversation;
}

/**
 * A data set of single-turn prompts, each a pure function of `plan` and its index.
 *
 * Nothing is made before it is asked for, so a million entries cost as much as ten. Lengths, texts
 * and ids have streams of their own: another `osl` leaves the prompts as they are.
 */
export function createSyntheticDataset(plan: DatasetPlan): Dataset {
  return {
    entries: plan.entries,
    conversation(index) {
      if (!Number.isInteger(index) || index < 0 || index >= plan.entries) {
        throw new RangeError(
          `conversation ${index} is not among the ${plan.entries} of the data set`,
        );
      }
      return makeConversation(plan, index);
    },
  };
}

function makeConversation(plan: DatasetPlan, index: number): Conversation {
  const inputTokens = drawLength(plan, `dataset.isl.${index}`, plan.isl);
  const text = writePrompt(deriveRandom(plan.seed, `dataset.text.${index}`), inputTokens);
  const outputTokens = plan.osl === null
    ? null
    : drawLength(plan, `dataset.osl.${index}`, plan.osl);
  return {
    index,
    id: conversationId(plan.seed, index),
    opening: [],
    turns: [{
      role: "user",
      texts: [text],
      inputTokens,
      outputTokens,
      delayMs: null,
      timestampMs: null,
    }],
  };
}

/** A rounded normal deviate of at least 1; what is smaller is drawn again, as the reference does. */
function drawLength(
  plan: DatasetPlan,
  stream: string,
  { mean, stddev }: { mean: number; stddev: number },
): number {
  if (stddev === 0) return Math.max(1, Math.round(mean));
  const random = deriveRandom(plan.seed, stream);
  for (let attempt = 0; attempt < LENGTH_ATTEMPTS; attempt++) {
    const length = Math.round(randomNormal(random, mean, stddev));
    if (length >= 1) return length;
  }
  return 1;
}

/** Shaped like a UUID; the index is its last part, so that no two of a data set are equal. */
function conversationId(seed: number, index: number): string {
  const random = deriveRandom(seed, `dataset.id.${index}`);
  const digits = hex(random.next() * 2 ** 40, 10) + hex(random.next() * 2 ** 40, 10);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16)];
  return `${parts.join("-")}-${hex(index, 12)}`;
}

function hex(value: number, length: number): string {
  return Math.floor(value).toString(16).padStart(length, "0");
}
