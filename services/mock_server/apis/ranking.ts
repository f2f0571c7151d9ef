import type { ApiRequest } from "./api.ts";
import { countWords } from "../mock_text.ts";
import { type Fields, invalid, required } from "./fields.ts";

/** A request to score passages. */
export interface RankingRequest extends ApiRequest {
  /** How many there are to score. */
  readonly passages: number;
}

/** What all APIs of rankings read alike; `passages` are texts, under the name that the API gives them. */
export function rankingRequest(
  model: string,
  query: unknown,
  passages: readonly string[],
): RankingRequest {
  if (typeof query !== "string" || query === "") throw invalid("query", "a text", query);
  return {
    model,
    stream: false,
    outputTokens: 0,
    promptTokens: [query, ...passages].reduce((sum, text) => sum + countWords(text), 0),
    passages: passages.length,
  };
}

/** A field that must be a list of something that `textOf` finds a text in. */
export function textsOf(
  fields: Fields,
  name: string,
  textOf: (item: unknown) => unknown = (item) => item,
): string[] {
  const list = required(fields, name);
  if (!Array.isArray(list) || list.length === 0) throw invalid(name, "a non-empty array", list);
  return list.map((item, i) => {
    const text = textOf(item);
    if (typeof text === "string") return text;
    throw invalid(`${name}[${i}]`, "a text", item);
  });
}

/** A score for each passage, the best first: the last one given is the best. */
export function scores(passages: number): { index: number; score: number }[] {
  return Array.from({ length: passages }, (_, rank) => {
    return { index: passages - 1 - rank, score: 1 / (rank + 1) };
  });
}
