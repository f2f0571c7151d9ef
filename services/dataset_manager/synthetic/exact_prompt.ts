import type { Random } from "../../../common/runtime/random.ts";
import type { Lexicon, PricedWord } from "./lexicon.ts";
import { writeLines } from "./lines.ts";
import { writePrompt } from "./prompt.ts";

/** One word in so many is the last of its sentence … */
const STOP_EVERY = 16;
/** … and one in so many has a comma behind it. */
const COMMA_EVERY = 12;
/** How often a word that does not fit is drawn again before they are tried in order. */
const ATTEMPTS = 20;

/**
 * Writes a text of exactly `tokens` tokens (1 or more) in the lexicon's tokenizer.
 *
 * Throws `RangeError` when the tokenizer has no text of that length, which only a very small
 * vocabulary and a very short length can bring about.
 */
export function exactPrompt(lexicon: Lexicon, random: Random, tokens: number): string {
  if (lexicon.isBuiltin) return writePrompt(random, tokens);
  return write(lexicon, random, { tokens, first: lexicon.starts });
}

/**
 * Writes a block: a text that has exactly `tokens` tokens at the start of a prompt as well as behind
 * other blocks, when `joinBlocks` joins them.
 *
 * With the same stream of random numbers a shorter block is the beginning of a longer one, as far as
 * the tokenizer has enough words of one token, as all but the smallest have. Throws as
 * `exactPrompt` does.
 */
export function exactBlock(lexicon: Lexicon, random: Random, tokens: number): string {
  return write(lexicon, random, { tokens, first: lexicon.openings });
}

/** The text of a prompt made of blocks: its tokens are those of the blocks, one after the other. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks.join(" ");
}

interface Wanted {
  readonly tokens: number;
  /** What the text may begin with. */
  readonly first: readonly PricedWord[];
}

function write(lexicon: Lexicon, random: Random, { tokens, first }: Wanted): string {
  if (lexicon.lines === undefined) return writeWords(lexicon, random, { tokens, first });
  const isBlock = first === lexicon.openings;
  const { text, left } = writeLines(lexicon.lines, random, { tokens, isBlock });
  if (text === "") return writeWords(lexicon, random, { tokens, first });
  // Words that may stand anywhere fill what no line fits into.
  return left === 0 ? text : joinBlocks([text, exactBlock(wordsOf(lexicon), random, left)]);
}

/** The same lexicon without its lines. */
function wordsOf({ isBuiltin, starts, openings, words, hasPunctuation }: Lexicon): Lexicon {
  return { isBuiltin, starts, openings, words, hasPunctuation };
}

function writeWords(
  { openings, words, hasPunctuation }: Lexicon,
  random: Random,
  { tokens, first }: Wanted,
): string {
  const fits = fitOf(words);
  const start = draw(random, first, (word) => fits(tokens - word.tokens));
  if (start === null) throw new RangeError(`the tokenizer has no words that make ${tokens} tokens`);
  let text = start.text;
  let left = tokens - start.tokens;
  while (left > 0) {
    const mark = hasPunctuation && fits(left - 1) ? drawMark(random) : null;
    if (mark !== null) {
      text += mark;
      if (--left === 0) break;
    }
    const canFollow = (word: PricedWord) => fits(left - word.tokens);
    const opening: PricedWord | null = mark === "." ? draw(random, openings, canFollow) : null;
    const word = opening ?? draw(random, words, canFollow)!;
    text += ` ${word.text}`;
    left -= word.tokens;
  }
  return text;
}

function drawMark(random: Random): "." | "," | null {
  const chance = random.next();
  if (chance < 1 / STOP_EVERY) return ".";
  return chance < 1 / STOP_EVERY + 1 / COMMA_EVERY ? "," : null;
}

/** Any of `words` that will do; null: none does. */
function draw(
  random: Random,
  words: readonly PricedWord[],
  willDo: (word: PricedWord) => boolean,
): PricedWord | null {
  for (let attempt = 0; attempt < ATTEMPTS && words.length > 0; attempt++) {
    const word = words[Math.floor(random.next() * words.length)]!;
    if (willDo(word)) return word;
  }
  return words.find(willDo) ?? null;
}

const FITS = new WeakMap<readonly PricedWord[], (tokens: number) => boolean>();

/** Says whether so many tokens can be made of words, each as often as one likes. */
function fitOf(words: readonly PricedWord[]): (tokens: number) => boolean {
  let fits = FITS.get(words);
  if (fits === undefined) FITS.set(words, fits = makeFit(words));
  return fits;
}

function makeFit(words: readonly PricedWord[]): (tokens: number) => boolean {
  const prices = [...new Set(words.map(({ tokens }) => tokens))];
  if (prices.includes(1)) return (tokens) => tokens >= 0;
  const limit = 2 * Math.max(...prices) ** 2;
  const isReached = new Array<boolean>(limit + 1).fill(false);
  isReached[0] = true;
  for (let tokens = 1; tokens <= limit; tokens++) {
    isReached[tokens] = prices.some((price) => price <= tokens && isReached[tokens - price]!);
  }
  // From the square of the greatest price on (Frobenius), the pattern repeats.
  return (tokens) => {
    if (tokens < 0) return false;
    if (tokens <= limit) return isReached[tokens]!;
    return isReached[limit - prices[0]! + 1 + (tokens - limit - 1) % prices[0]!]!;
  };
}
