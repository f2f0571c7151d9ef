/** Turns text into tokens. */
export interface Tokenizer {
  /** The name of the encoding. */
  readonly name: string;
  /** How many tokens `text` has. */
  count(text: string): number;
  /** The tokens of `text`; what looks like a special token (`<|endoftext|>`) is ordinary text. */
  encode(text: string): Uint32Array;
}
