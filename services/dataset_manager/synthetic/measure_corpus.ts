import type { PromptCorpus } from "../../../common/model/prompt_corpus.ts";
import { deriveRandom } from "../../../common/runtime/random.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import type { OpenTokenizer } from "../../../common/tokenizer/tokenizer.ts";
import { exactBlock, exactPrompt } from "./exact_prompt.ts";
import type { Lexicon } from "./lexicon.ts";
import type { PricedLine } from "./lines.ts";
import { createLexicon } from "./measure_lexicon.ts";

/** With fewer lines prompts would be too much alike. */
const FEWEST_LINES = 24;
/** With fewer words, too. */
const FEWEST_WORDS = 256;
/** More are not measured. */
const MOST_WORDS = 4_096;
const VOCABULARY_WORD_REGEXP = /^ ?([A-Za-z]{2,20})$/;

/**
 * What prompts out of a corpus are written with.
 *
 * Lines of a text are measured one by one; where some do not fit, words fill the rest. `random` is
 * any words of the tokenizer's own vocabulary. A trial makes sure that all of it adds up. Throws a
 * BadInputError when the corpus cannot be used with the tokenizer.
 */
export async function createCorpusLexicon(
  tokenizer: OpenTokenizer,
  corpus: Exclude<PromptCorpus, "words">,
): Promise<Lexicon> {
  const lexicon = corpus === "random"
    ? createLexicon(tokenizer, vocabularyWords(tokenizer))
    : { ...createLexicon(tokenizer), lines: priceLines(tokenizer, await linesOf(corpus)) };
  const isPoor = corpus === "random"
    ? lexicon.words.length < FEWEST_WORDS
    : lexicon.lines!.filter(({ canFollow }) => canFollow).length < FEWEST_LINES;
  if (!isPoor && isExact(lexicon, tokenizer)) return lexicon;
  throw new BadInputError(
    `--prompt-corpus: ${corpus} makes no prompts of an exact length with ${tokenizer.name}; use ` +
      "--prompt-corpus words",
  );
}

async function linesOf(corpus: "sonnet" | "coding"): Promise<string[]> {
  const text = corpus === "sonnet"
    ? (await import("./corpus_sonnets.ts")).SONNETS
    : (await import("./corpus_code.ts")).CODE;
  return text.split("\n").filter((line) => line !== "");
}

/** Some of the words that are tokens, from all over the vocabulary. */
function vocabularyWords(tokenizer: OpenTokenizer): string[] {
  const words = new Set<string>();
  for (const spelling of tokenizer.spellings()) {
    const word = VOCABULARY_WORD_REGEXP.exec(spelling)?.[1];
    if (word !== undefined) words.add(word);
  }
  const all = [...words];
  const step = Math.max(1, all.length / MOST_WORDS);
  return Array.from(
    { length: Math.min(all.length, MOST_WORDS) },
    (_, i) => all[Math.floor(i * step)]!,
  );
}

function priceLines(tokenizer: OpenTokenizer, lines: readonly string[]): PricedLine[] {
  const { unknownToken } = tokenizer;
  const count = (text: string) => {
    const tokens = tokenizer.encode(text);
    return unknownToken !== null && tokens.includes(unknownToken) ? NaN : tokens.length;
  };
  const word = count("the");
  return lines.flatMap((text) => {
    const tokens = count(text);
    const endTokens = count(`${text}\nthe`) - tokens - word;
    const behindLine = count(`the\n${text}`) - count("the\n");
    const isSame = tokens > 0 && behindLine === tokens && endTokens >= 0 &&
      count(`${text} the`) === tokens + count("the the") - word;
    const canFollow = count(`the ${text}`) - word === tokens;
    return isSame ? [{ text, tokens, endTokens, canFollow }] : [];
  });
}

function isExact(lexicon: Lexicon, tokenizer: OpenTokenizer): boolean {
  const random = deriveRandom(0, `corpus.${tokenizer.name}`);
  const lengths = [1, 2, 17, 40, 250, 550, 2_001];
  return lengths.every((tokens) =>
    tokenizer.count(exactPrompt(lexicon, random, tokens)) === tokens
  ) &&
    lengths.every((tokens) => {
      const text = `the ${exactBlock(lexicon, random, tokens)}`;
      return tokenizer.count(text) === tokens + tokenizer.count("the");
    });
}
