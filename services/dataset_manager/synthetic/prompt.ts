import type { Random } from "../../../common/runtime/random.ts";
import { STARTERS, WORDS } from "./words.ts";

/** Words of a sentence: at least this many … */
const SENTENCE_MIN = 5;
/** … and fewer than this many more. */
const SENTENCE_SPREAD = 16;
/** One word in so many is followed by a comma. */
const COMMA_EVERY = 12;

const MIDDLE = WORDS.map((word) => ` ${word}`);
const OPENING = STARTERS.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
const NEXT_OPENING = OPENING.map((word) => ` ${word}`);

/**
 * Writes sentences of exactly `tokens` tokens (1 or more) without a tokenizer.
 *
 * Why it is exact: all encodings offered first cut a text into pieces, a word with the space before
 * it being one piece and a comma or full stop after a word another, and a piece that is in the
 * vocabulary is one token. Only such pieces are used, so their number is the number of tokens.
 */
export function writePrompt(random: Random, tokens: number): string {
  let text = "";
  let left = tokens;
  while (left > 0) {
    const length = sentenceLength(random, left);
    text += writeSentence(random, length, text === "" ? OPENING : NEXT_OPENING);
    left -= length;
  }
  return text;
}

/** Tokens of the next sentence, its full stop included; never leaves a single token over. */
function sentenceLength(random: Random, left: number): number {
  const length = SENTENCE_MIN + Math.floor(random.next() * SENTENCE_SPREAD) + 1;
  return length + 1 >= left ? left : length;
}

function writeSentence(random: Random, length: number, openings: readonly string[]): string {
  let text = openings[Math.floor(random.next() * openings.length)]!;
  if (length === 1) return text;
  let words = length - 2;
  while (words > 0) {
    // One draw of 53 bits makes a word (11 bits) and says whether a comma goes before it.
    const draw = random.next() * MIDDLE.length;
    const word = Math.floor(draw);
    if (words > 2 && (draw - word) * COMMA_EVERY < 1) {
      text += ",";
      words--;
    }
    text += MIDDLE[word]!;
    words--;
  }
  return text + ".";
}
