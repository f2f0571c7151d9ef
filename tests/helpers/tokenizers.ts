import { createHuggingFaceTokenizer } from "../../common/tokenizer/huggingface_tokenizer.ts";
import type { OpenTokenizer } from "../../common/tokenizer/tokenizer.ts";

/** The tokenizers in tests/fixtures/tokenizers, one of each kind. */
export const TOKENIZER_KINDS = [
  "bpe_byte_level",
  "bpe_split",
  "bpe_whole_text",
  "wordpiece",
  "unigram",
] as const;

/** The folder of a small tokenizer. */
export function tokenizerFolder(kind: string): string {
  return new URL(`../fixtures/tokenizers/${kind}`, import.meta.url).pathname;
}

/** A small tokenizer, built. */
export async function fixtureTokenizer(kind: string): Promise<OpenTokenizer> {
  const folder = tokenizerFolder(kind);
  const [tokenizer, config] = await Promise.all([
    Deno.readTextFile(`${folder}/tokenizer.json`),
    Deno.readTextFile(`${folder}/tokenizer_config.json`),
  ]);
  return await createHuggingFaceTokenizer({ name: kind, tokenizer, config });
}
