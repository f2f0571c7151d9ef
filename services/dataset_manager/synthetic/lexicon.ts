import type { PricedLine } from "./lines.ts";
import { STARTERS, WORDS } from "./words.ts";

/** A word and the tokens that it adds to a text. */
export interface PricedWord {
  readonly text: string;
  /** 1 or more. */
  readonly tokens: number;
}

/** Words whose tokens add up, whatever their order, because none reaches over a space. */
export interface Lexicon {
  /** True: any of the encodings that are built in, for which `writePrompt` is made. */
  readonly isBuiltin: boolean;
  /** What a text may begin with. */
  readonly starts: readonly PricedWord[];
  /**
   * What a text, and anything after a space, may begin with: the tokens are the same. Empty where
   * the tokenizer has no such words: then there are no blocks.
   */
  readonly openings: readonly PricedWord[];
  /** What may follow a space. */
  readonly words: readonly PricedWord[];
  /** Whether a comma and a full stop after a word are a token each. */
  readonly hasPunctuation: boolean;
  /** Lines that prompts are made of as far as they fit; absent: words alone. */
  readonly lines?: readonly PricedLine[];
}

/** Words that may begin a sentence, as they do it. */
export const CAPITALS: readonly string[] = STARTERS.map((word) =>
  word.charAt(0).toUpperCase() + word.slice(1)
);

/** The lexicon of every encoding that is built in, known without loading any. */
export const BUILTIN_LEXICON: Lexicon = {
  isBuiltin: true,
  starts: CAPITALS.map(ofOneToken),
  openings: CAPITALS.map(ofOneToken),
  words: WORDS.map(ofOneToken),
  hasPunctuation: true,
};

function ofOneToken(text: string): PricedWord {
  return { text, tokens: 1 };
}
