import type { MarkerWords } from "../../../common/model/cache_bust.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import type { Lexicon } from "./lexicon.ts";

/**
 * The words of a lexicon that the markers of sessions are made of: as many as have the same price.
 *
 * Throws a BadInputError when there are fewer than two.
 */
export function markerWordsOf({ openings }: Lexicon): MarkerWords {
  const groups = [...Map.groupBy(openings, ({ tokens }) => tokens)];
  const [tokensEach, words] = groups.reduce(
    (best, group) => group[1].length > best[1].length ? group : best,
    [1, []] as typeof groups[number],
  );
  if (words.length >= 2) return { words: words.map(({ text }) => text), tokensEach };
  throw new BadInputError(
    "--cache-bust: the tokenizer has no words that have as many tokens at the start of a text as " +
      "after a space; use --tokenizer builtin",
  );
}
