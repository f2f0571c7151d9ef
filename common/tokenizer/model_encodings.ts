import type { TiktokenEncoding } from "./load_tokenizer.ts";

/** OpenAI's models by the start of their names; the first that fits counts. */
const ENCODING_OF: readonly (readonly [prefix: string, encoding: TiktokenEncoding])[] = [
  ["gpt-oss", "o200k_base"],
  ["gpt-5", "o200k_base"],
  ["gpt-4.1", "o200k_base"],
  ["gpt-4.5", "o200k_base"],
  ["gpt-4o", "o200k_base"],
  ["chatgpt-4o", "o200k_base"],
  ["o1", "o200k_base"],
  ["o3", "o200k_base"],
  ["o4-mini", "o200k_base"],
  ["gpt-4", "cl100k_base"],
  ["gpt-3.5", "cl100k_base"],
  ["gpt-35", "cl100k_base"],
  ["text-embedding-3", "cl100k_base"],
  ["text-embedding-ada-002", "cl100k_base"],
  ["davinci-002", "cl100k_base"],
  ["babbage-002", "cl100k_base"],
];

/** The encoding of a model of OpenAI's, known by its name; null: it is no such model. */
export function encodingOfModel(model: string): TiktokenEncoding | null {
  const name = model.replace(/^openai\//, "");
  const entry = ENCODING_OF.find(([prefix]) =>
    name === prefix || (name.startsWith(prefix) && /^[-.]/.test(name.slice(prefix.length)))
  );
  return entry?.[1] ?? null;
}
