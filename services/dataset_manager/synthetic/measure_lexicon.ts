import { deriveRandom } from "../../../common/runtime/random.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import type { OpenTokenizer } from "../../../common/tokenizer/tokenizer.ts";
import { exactBlock, exactPrompt, joinBlocks } from "./exact_prompt.ts";
import { CAPITALS, type Lexicon, type PricedWord } from "./lexicon.ts";
import { WORDS } from "./words.ts";

/** With so many words of one token, no others are used. */
const ENOUGH_WORDS = 64;
/** The same of words that a block may begin with, of which there may be few. */
const ENOUGH_OPENINGS = 4;
/** A word that another one can be measured after. */
const ANCHOR = "the";
/** A text of ASCII words that has a word, a comma or a full stop before a space. */
const CROSSING_REGEXP = /^[A-Za-z., ]*[A-Za-z.,] [A-Za-z., ]*$/;
/** A text of ASCII words with a word before a comma or a full stop. */
const PUNCTUATED_REGEXP = /^[A-Za-z., ]*[A-Za-z][.,][A-Za-z., ]*$/;

/**
 * Measures the words that can be used with a tokenizer; takes about a tenth of a second.
 *
 * Why what is measured once holds in every text: words are left out that a token could join with
 * the word before, so that each of them becomes the same tokens wherever it stands. A trial of a few
 * thousand tokens makes sure. `candidates`: the words to choose from; capitals come on top. Throws a BadInputError when the tokenizer has no such words.
 */
export function createLexicon(
  tokenizer: OpenTokenizer,
  candidates: readonly string[] = WORDS,
): Lexicon {
  const joints = new Joints(tokenizer.spellings());
  const price = new PriceList(tokenizer);
  const words = candidates.filter((word) => joints.isSafe(word));
  const capitals = CAPITALS.filter((word) => joints.isSafe(word));
  const anyCase = capitals.concat(words);
  const anywhere = (word: string) => price.anywhere(word);
  const lexicon = {
    isBuiltin: false,
    starts: cheapest(anyCase, (word) => price.atStart(word), ENOUGH_WORDS),
    openings: singles(priced(capitals, anywhere), ENOUGH_WORDS) ??
      cheapest(anyCase, anywhere, ENOUGH_OPENINGS),
    words: cheapest(words, (word) => price.afterSpace(word), ENOUGH_WORDS),
    hasPunctuation: !joints.joinsPunctuation && price.after(",") === 1 && price.after(".") === 1,
  };
  if (!isSound(lexicon, tokenizer)) throw unusable(tokenizer.name);
  return lexicon;
}

function unusable(name: string): BadInputError {
  return new BadInputError(
    `--tokenizer: ${name}: no prompts of an exact length can be made up with this tokenizer; ` +
      "use --tokenizer builtin, or send prompts of your own with --input-file",
  );
}

type PriceOf = (word: string) => number | null;

/** The words of one token where there are `enough` of them, else all that have a price. */
function cheapest(words: readonly string[], priceOf: PriceOf, enough: number): PricedWord[] {
  const all = priced(words, priceOf);
  return singles(all, enough) ?? all;
}

function priced(words: readonly string[], priceOf: PriceOf): PricedWord[] {
  return words.flatMap((text) => {
    const tokens = priceOf(text);
    return tokens === null ? [] : [{ text, tokens }];
  });
}

function singles(words: readonly PricedWord[], enough: number): PricedWord[] | null {
  const single = words.filter(({ tokens }) => tokens === 1);
  return single.length >= enough ? single : null;
}

/** What a word costs in tokens; null where the tokenizer does not know it, or its price varies. */
class PriceList {
  readonly #tokenizer: OpenTokenizer;
  readonly #anchor: number;

  constructor(tokenizer: OpenTokenizer) {
    this.#tokenizer = tokenizer;
    this.#anchor = tokenizer.count(ANCHOR);
  }

  atStart(word: string): number | null {
    return this.#measure(word, 0);
  }

  afterSpace(word: string): number | null {
    return this.#measure(`${ANCHOR} ${word}`, this.#anchor);
  }

  /** At the start as well as after a space. */
  anywhere(word: string): number | null {
    const tokens = this.afterSpace(word);
    return tokens === this.atStart(word) ? tokens : null;
  }

  after(mark: string): number | null {
    return this.#measure(ANCHOR + mark, this.#anchor);
  }

  #measure(text: string, before: number): number | null {
    const { unknownToken } = this.#tokenizer;
    const tokens = this.#tokenizer.encode(text);
    if (unknownToken !== null && tokens.includes(unknownToken)) return null;
    return tokens.length > before ? tokens.length - before : null;
  }
}

/** The tokens of a vocabulary that could join two words, or a word and what is behind it. */
class Joints {
  /** What such tokens have after their first space. */
  readonly #tails = new Set<string>();
  #joinsAll = false;
  joinsPunctuation = false;

  constructor(spellings: Iterable<string>) {
    for (const spelling of spellings) {
      if (PUNCTUATED_REGEXP.test(spelling)) this.joinsPunctuation = true;
      if (CROSSING_REGEXP.test(spelling)) this.#add(spelling.replace(/^ +/, ""));
    }
  }

  #add(spelling: string): void {
    const tail = spelling.slice(spelling.indexOf(" ") + 1);
    if (tail === "") this.#joinsAll = true;
    else this.#tails.add(tail.split(/[ .,]/, 1)[0]!);
  }

  /** Whether no token can reach from the word before over the space into `word`. */
  isSafe(word: string): boolean {
    if (this.#joinsAll || this.#tails.has("")) return false;
    for (let length = 1; length <= word.length; length++) {
      if (this.#tails.has(word.slice(0, length))) return false;
    }
    return true;
  }
}

/** A trial: what is written must come out exactly. */
function isSound(lexicon: Lexicon, tokenizer: OpenTokenizer): boolean {
  const { starts, openings, words } = lexicon;
  if (starts.length === 0 || words.length === 0) return false;
  const random = deriveRandom(0, `lexicon.${tokenizer.name}`);
  const prompts = [4_001, 250].map((tokens) =>
    tokenizer.count(exactPrompt(lexicon, random, tokens)) === tokens
  );
  if (openings.length === 0) return prompts.every(Boolean);
  const blocks = [32, 32, 32, 512].map((tokens) => exactBlock(lexicon, random, tokens));
  return prompts.every(Boolean) && tokenizer.count(joinBlocks(blocks)) === 608;
}
