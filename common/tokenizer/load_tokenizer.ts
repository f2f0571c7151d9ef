import type { Tiktoken } from "tiktoken/lite";
import type { OpenTokenizer } from "./tokenizer.ts";

/** The encodings that are built in. */
export const TIKTOKEN_ENCODINGS = [
  "gpt2",
  "r50k_base",
  "p50k_base",
  "p50k_edit",
  "cl100k_base",
  "o200k_base",
] as const;

/** The name of an encoding that is built in. */
export type TiktokenEncoding = typeof TIKTOKEN_ENCODINGS[number];

/** The encoding that `builtin` stands for. */
export const BUILTIN_ENCODING: TiktokenEncoding = "o200k_base";

const LONGEST_RUN = 4_000;
const LONG_RUN = /\p{L}{4000}|\s{4000}|[^\s\p{L}\p{N}]{4000}/gu;

/** A tokenizer was asked for that does not exist. */
export class UnknownTokenizerError extends Error {
  override readonly name = "UnknownTokenizerError";

  /** `tokenizer`: the name that nobody knows. */
  constructor(readonly tokenizer: string) {
    const known = TIKTOKEN_ENCODINGS.join(", ");
    super(`unknown tokenizer "${tokenizer}": use builtin (${BUILTIN_ENCODING}) or one of ${known}`);
  }
}

/** The encoding that a `--tokenizer` value means; null: it means none. */
export function encodingNamed(name: string): TiktokenEncoding | null {
  if (name === "builtin") return BUILTIN_ENCODING;
  return TIKTOKEN_ENCODINGS.find((known) => known === name) ?? null;
}

/** The encoding that a `--tokenizer` value means; throws `UnknownTokenizerError`. */
export function resolveEncoding(name: string): TiktokenEncoding {
  const encoding = encodingNamed(name);
  if (encoding === null) throw new UnknownTokenizerError(name);
  return encoding;
}

/**
 * Loads a tokenizer: `builtin` or the name of an encoding; throws `UnknownTokenizerError`.
 *
 * Building one takes up to half a second of processor time: keep it, and keep it off hot paths.
 */
export async function loadTokenizer(name: string): Promise<OpenTokenizer> {
  const encoding = resolveEncoding(name);
  const [{ Tiktoken }, vocabulary] = await Promise.all([
    import("tiktoken/lite"),
    loadVocabulary(encoding),
  ]);
  const encoder = new Tiktoken(
    vocabulary["bpe_ranks"],
    vocabulary["special_tokens"],
    vocabulary["pat_str"],
  );
  return new TiktokenTokenizer(encoding, encoder);
}

/** What a vocabulary file holds, under the file's own names. */
interface Vocabulary {
  "bpe_ranks": string;
  "special_tokens": Record<string, number>;
  "pat_str": string;
}

async function loadVocabulary(encoding: TiktokenEncoding): Promise<Vocabulary> {
  // The package's types describe its other builds, not the JSON files.
  return (await importVocabulary(encoding)).default as Vocabulary;
}

/** Each path is a literal so that a compiled binary carries the file. */
function importVocabulary(encoding: TiktokenEncoding): Promise<{ default: unknown }> {
  switch (encoding) {
    case "gpt2":
      return import("tiktoken/encoders/gpt2.json", { with: { type: "json" } });
    case "r50k_base":
      return import("tiktoken/encoders/r50k_base.json", { with: { type: "json" } });
    case "p50k_base":
      return import("tiktoken/encoders/p50k_base.json", { with: { type: "json" } });
    case "p50k_edit":
      return import("tiktoken/encoders/p50k_edit.json", { with: { type: "json" } });
    case "cl100k_base":
      return import("tiktoken/encoders/cl100k_base.json", { with: { type: "json" } });
    case "o200k_base":
      return import("tiktoken/encoders/o200k_base.json", { with: { type: "json" } });
  }
}

/**
 * Cuts `text` after every 4,000 characters that have no word boundary between them.
 *
 * The encoder's time grows with the square of such a run: 100,000 spaces, or the exclamation marks
 * of a model gone wrong, would take seconds. A cut may cost a token more than the uncut run.
 */
function splitLongRuns(text: string): string[] {
  if (text.length <= LONGEST_RUN) return [text];
  const parts: string[] = [];
  let start = 0;
  for (const run of text.matchAll(LONG_RUN)) {
    const end = run.index + run[0].length;
    parts.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

class TiktokenTokenizer implements OpenTokenizer {
  readonly name: string;
  readonly unknownToken = null;
  readonly #encoder: Tiktoken;

  constructor(name: string, encoder: Tiktoken) {
    this.name = name;
    this.#encoder = encoder;
  }

  count(text: string): number {
    return splitLongRuns(text).reduce((sum, part) => sum + this.#encodePart(part).length, 0);
  }

  encode(text: string): Uint32Array {
    const parts = splitLongRuns(text);
    if (parts.length === 1) return this.#encodePart(text);
    return Uint32Array.from(parts.flatMap((part) => [...this.#encodePart(part)]));
  }

  *spellings(): Iterable<string> {
    for (const bytes of this.#encoder.token_byte_values()) {
      if (bytes.every((byte) => byte < 0x80)) yield String.fromCharCode(...bytes);
    }
  }

  #encodePart(text: string): Uint32Array {
    return this.#encoder.encode_ordinary(text);
  }
}
