import type { Tokenizer as Engine } from "@huggingface/tokenizers";
import * as z from "zod/mini";
import type { OpenTokenizer } from "./tokenizer.ts";

/** A tokenizer's files hold something that cannot be used. */
export class BrokenTokenizerError extends Error {
  override readonly name = "BrokenTokenizerError";
}

/** What a tokenizer is made of. */
export interface TokenizerFiles {
  /** What the tokenizer is called in messages. */
  readonly name: string;
  /** The text of `tokenizer.json`. */
  readonly tokenizer: string;
  /** The text of `tokenizer_config.json`; null: there is none. */
  readonly config: string | null;
}

type Vocabulary = Readonly<Record<string, number>> | readonly (readonly [string, number])[];

/** Looks at the first entry only: there may be a quarter of a million. */
const vocabularySchema = z.custom<Vocabulary>(isVocabulary);

/** The parts of tokenizer.json that are looked at here; the rest is for the library. */
const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    vocab: vocabularySchema,
    unk_token: z.optional(z.nullable(z.string())),
    unk_id: z.optional(z.nullable(z.int())),
  }),
});

type TokenizerJson = z.infer<typeof tokenizerSchema>;

const configSchema = z.looseObject({});

/**
 * Checks that a `tokenizer.json` is one, without building anything of it.
 *
 * Throws a BrokenTokenizerError that says what is wrong, in words that follow the file's name.
 */
export function checkTokenizerJson(text: string): void {
  readJson(text, tokenizerSchema, "tokenizer.json");
}

/** Builds a Hugging Face tokenizer of its files. Throws BrokenTokenizerError. */
export async function createHuggingFaceTokenizer(files: TokenizerFiles): Promise<OpenTokenizer> {
  const json = readJson(files.tokenizer, tokenizerSchema, "tokenizer.json");
  const config = files.config === null
    ? {}
    : readJson(files.config, configSchema, "tokenizer_config.json");
  const { Tokenizer } = await import("@huggingface/tokenizers");
  try {
    return new HuggingFaceTokenizer(files.name, json, new Tokenizer(json, config));
  } catch (error) {
    throw new BrokenTokenizerError(`tokenizer.json cannot be used: ${(error as Error).message}`);
  }
}

function isVocabulary(value: unknown): boolean {
  if (Array.isArray(value)) {
    const [entry] = value;
    return Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
  }
  if (typeof value !== "object" || value === null) return false;
  for (const id of Object.values(value)) return typeof id === "number";
  return false;
}

function readJson<Schema extends z.ZodMiniType>(
  text: string,
  schema: Schema,
  file: string,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BrokenTokenizerError(`${file} is not valid JSON`);
  }
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue!.path.length === 0 ? "" : ` (at ${issue!.path.slice(0, 3).join(".")})`;
  throw new BrokenTokenizerError(`${file} is not that of a Hugging Face tokenizer${place}`);
}

class HuggingFaceTokenizer implements OpenTokenizer {
  readonly name: string;
  readonly unknownToken: number | null;
  readonly #json: TokenizerJson;
  readonly #engine: Engine;

  constructor(name: string, json: TokenizerJson, engine: Engine) {
    this.name = name;
    this.#json = json;
    this.#engine = engine;
    const { unk_id: unknownId, unk_token: unknown } = json.model;
    this.unknownToken = unknownId ?? (unknown ? engine.token_to_id(unknown) ?? null : null);
  }

  count(text: string): number {
    return this.#ids(text).length;
  }

  encode(text: string): Uint32Array {
    return Uint32Array.from(this.#ids(text));
  }

  /** Byte-level tokens spell a space as `Ġ`, those of SentencePiece as `▁`. */
  *spellings(): Iterable<string> {
    const { vocab } = this.#json.model;
    const tokens = Array.isArray(vocab) ? vocab.map(([token]) => token) : Object.keys(vocab);
    for (const token of tokens) yield token.replaceAll(/[Ġ▁]/g, " ");
  }

  #ids(text: string): number[] {
    return this.#engine.encode(text, { add_special_tokens: false }).ids;
  }
}
