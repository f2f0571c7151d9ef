/** Turns text into tokens. */
export interface Tokenizer {
  /** The name of the encoding or of the model that it belongs to. */
  readonly name: string;
  /** How many tokens `text` has, without any that a model's template adds. */
  count(text: string): number;
  /** The tokens of `text`, without any that a model's template adds. */
  encode(text: string): Uint32Array;
}

/** A tokenizer whose words are not known beforehand: all that must be known to write for it. */
export interface OpenTokenizer extends Tokenizer {
  /** What stands for text that the tokenizer has no token for; null: there is no such text. */
  readonly unknownToken: number | null;
  /** The text of every token as far as it is ASCII, a space being a space. */
  spellings(): Iterable<string>;
}
