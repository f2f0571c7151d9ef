import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom } from "../../../common/runtime/random.ts";
import { checkIndex, type Dataset } from "../dataset.ts";
import { conversationId, drawDuration, drawLength, pauseOf } from "../draw.ts";
import { BUILTIN_LEXICON, type Lexicon } from "./lexicon.ts";
import { makeOpening, makeTurn } from "./make_turn.ts";
import type { MediaMaker } from "./media.ts";
import { createTextWriter, type TextWriter } from "./text_writer.ts";

/**
 * Made-up conversations, each a pure function of `plan`, its index and the lexicon of its tokenizer.
 *
 * Nothing is made before it is asked for, so a million entries cost as much as ten. Numbers of
 * turns, pauses, lengths, texts and ids have streams of their own: another `osl` leaves the prompts
 * as they are, and more turns leave the first ones as they are. Throws a BadInputError when the plan
 * wants texts that the tokenizer cannot make exactly.
 */
export function createSyntheticDataset(
  plan: DatasetPlan,
  { lexicon = BUILTIN_LEXICON, media = NO_MEDIA }: Partial<Materials> = {},
): Dataset {
  return new SyntheticDataset(plan, { lexicon, media });
}

/** What conversations are made of. */
export interface Materials {
  /** The words of the run's tokenizer; those of the built-in ones unless given. */
  readonly lexicon: Lexicon;
  /** What makes pictures and sounds; there are none unless given. */
  readonly media: MediaMaker;
}

const NO_MEDIA: MediaMaker = { make: () => null };

class SyntheticDataset implements Dataset {
  readonly #plan: DatasetPlan;
  readonly #writer: TextWriter;
  readonly #media: MediaMaker;
  #maxTurns: number | null = null;

  constructor(plan: DatasetPlan, { lexicon, media }: Materials) {
    this.#plan = plan;
    this.#media = media;
    this.#writer = createTextWriter(plan, lexicon);
  }

  get entries(): number {
    return this.#plan.entries;
  }

  info(): DatasetInfo {
    this.#maxTurns ??= mostTurns(this.#plan);
    const { entries } = this;
    return { entries, isComplete: true, maxTurns: this.#maxTurns, hasTimestamps: false };
  }

  conversation(index: number): Conversation {
    checkIndex(index, this.entries);
    const plan = this.#plan;
    return {
      index,
      id: conversationId(plan.seed, index),
      opening: makeOpening(plan, index, this.#writer),
      turns: delaysOf(plan, index).map((delayMs, turnIndex) =>
        makeTurn(plan, { index, turnIndex, delayMs, writer: this.#writer, media: this.#media })
      ),
    };
  }

  outline(index: number): ConversationOutline {
    checkIndex(index, this.entries);
    const delays = delaysOf(this.#plan, index);
    return { index, turns: delays.map((delayMs) => ({ delayMs, timestampMs: null })) };
  }

  startMs(): null {
    return null;
  }

  close(): void {}
}

/** The pause before each turn of a conversation; null where there is none. */
function delaysOf(plan: DatasetPlan, index: number): (number | null)[] {
  const delays: (number | null)[] = [null];
  const turns = turnsOf(plan, index);
  if (turns === 1) return delays;
  const { turnDelayMs, seed } = plan;
  const hasDelays = turnDelayMs.mean > 0 || turnDelayMs.stddev > 0;
  const random = deriveRandom(seed, `dataset.delay.${index}`);
  for (let turn = 1; turn < turns; turn++) {
    delays.push(hasDelays ? pauseOf(plan, drawDuration(random, turnDelayMs)) : null);
  }
  return delays;
}

function turnsOf({ seed, turns }: DatasetPlan, index: number): number {
  return drawLength(seed, `dataset.turns.${index}`, turns);
}

function mostTurns(plan: DatasetPlan): number {
  if (plan.turns.stddev === 0) return turnsOf(plan, 0);
  let most = 1;
  for (let index = 0; index < plan.entries; index++) most = Math.max(most, turnsOf(plan, index));
  return most;
}
