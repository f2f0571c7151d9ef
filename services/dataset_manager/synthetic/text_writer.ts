import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom } from "../../../common/runtime/random.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { exactBlock, exactPrompt, joinBlocks } from "./exact_prompt.ts";
import type { Lexicon } from "./lexicon.ts";

/** A text to be written: equal streams and lengths make equal texts. */
export interface TextRequest {
  /** The name of its stream of random numbers. */
  readonly stream: string;
  /** 1 or more. */
  readonly tokens: number;
}

/** Writes texts of exact lengths, each a pure function of the seed and the request. */
export interface TextWriter {
  /** One text by itself, or several that are put together; the tokens add up. */
  write(parts: readonly TextRequest[]): string;
}

/**
 * The writer of a run's made-up texts.
 *
 * Throws a BadInputError when the plan puts texts together and the tokenizer has no words for that.
 */
export function createTextWriter(
  { seed, synthetic, cacheBust, tokenizer }: DatasetPlan,
  lexicon: Lexicon,
): TextWriter {
  if (synthetic.prefixes !== null && lexicon.openings.length === 0) {
    const name = tokenizer.kind === "builtin" ? tokenizer.encoding : tokenizer.name;
    throw new BadInputError(
      `--prefix-prompt-length: ${name}: with this tokenizer no text of an exact length can be put ` +
        "in front of another one; use --tokenizer builtin, or --shared-system-prompt-length",
    );
  }
  // A marker of the session comes in front of the text.
  const isBehind = cacheBust.endsWith("_prefix");
  return {
    write: (parts) => {
      const requests = parts.map(({ stream, tokens }) => ({
        random: deriveRandom(seed, stream),
        tokens,
      }));
      const [first] = requests;
      if (requests.length === 1 && !isBehind) {
        return exactPrompt(lexicon, first!.random, first!.tokens);
      }
      return joinBlocks(requests.map(({ random, tokens }) => exactBlock(lexicon, random, tokens)));
    },
  };
}
