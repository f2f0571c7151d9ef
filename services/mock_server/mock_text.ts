/**
 * What the mock server says: each word is one token of the o200k_base encoding, also when words follow
 * each other, so that a client that counts tokens itself finds exactly the number it asked for.
 */
export const WORDS: readonly string[] = [
  " the",
  " quick",
  " answer",
  " to",
  " your",
  " question",
  " is",
  " that",
  " every",
  " token",
  " of",
  " this",
  " text",
  " came",
  " from",
  " a",
  " small",
  " server",
  " which",
  " only",
  " waits",
  " and",
  " then",
  " writes",
  " one",
  " more",
  " word",
  " on",
  " its",
  " own",
  " clock",
  " again",
];

const ALL_WORDS = WORDS.join("");
/** Where each word begins in `ALL_WORDS`. */
const WORD_STARTS = WORDS.map((_, k) => WORDS.slice(0, k).join("").length);

/** The k-th token of every answer. */
export function wordAt(k: number): string {
  return WORDS[k % WORDS.length]!;
}

/** The first `tokens` tokens of every answer. */
export function textOf(tokens: number): string {
  const whole = Math.floor(tokens / WORDS.length);
  return ALL_WORDS.repeat(whole) + ALL_WORDS.slice(0, WORD_STARTS[tokens % WORDS.length]);
}

/** The tokens `from` (included) to `to` (not included) of every answer. */
export function wordsBetween(from: number, to: number): string {
  let text = "";
  for (let k = from; k < to; k++) text += wordAt(k);
  return text;
}

const BLANK = 0;
const LETTER = 1;
const MARK = 2;
/** What each ASCII character is; a table, because long prompts are counted while others wait. */
const KINDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 32 || (code >= 9 && code <= 13)) return BLANK;
  return "!,.:;?".includes(String.fromCharCode(code)) ? MARK : LETTER;
});

/**
 * Words, and punctuation marks each by itself: the mock's idea of prompt tokens, which for plain
 * English is close to what a tokenizer says and costs next to nothing.
 */
export function countWords(text: string): number {
  let words = 0;
  let previous = BLANK;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? KINDS[code]! : LETTER;
    if (kind === MARK || (kind === LETTER && previous !== LETTER)) words++;
    previous = kind;
  }
  return words;
}
