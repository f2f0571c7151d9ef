import type { TokenizerPlan } from "../../../common/model/tokenizer_plan.ts";
import { BUILTIN_LEXICON, type Lexicon } from "./lexicon.ts";

/**
 * What prompts of an exact length are written with in the run's tokenizer.
 *
 * Nothing is loaded for a built-in encoding. Throws a BadInputError when the tokenizer cannot be used.
 */
export async function openLexicon(plan: TokenizerPlan): Promise<Lexicon> {
  if (plan.kind === "builtin") return BUILTIN_LEXICON;
  const [{ openFiles }, { createLexicon }] = await Promise.all([
    import("../../../common/tokenizer/open_tokenizer.ts"),
    import("./measure_lexicon.ts"),
  ]);
  return createLexicon(await openFiles(plan));
}
