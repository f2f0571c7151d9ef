import type { PromptCorpus } from "../../../common/model/prompt_corpus.ts";
import type { TokenizerPlan } from "../../../common/model/tokenizer_plan.ts";
import { BUILTIN_LEXICON, type Lexicon } from "./lexicon.ts";

/**
 * What prompts of an exact length are written with in the run's tokenizer.
 *
 * Nothing is loaded for words in a built-in encoding. Throws a BadInputError when the tokenizer cannot
 * be used.
 */
export async function openLexicon(
  plan: TokenizerPlan,
  corpus: PromptCorpus = "words",
): Promise<Lexicon> {
  if (plan.kind === "builtin" && corpus === "words") return BUILTIN_LEXICON;
  const [{ openFiles }, { loadTokenizer }] = await Promise.all([
    import("../../../common/tokenizer/open_tokenizer.ts"),
    import("../../../common/tokenizer/load_tokenizer.ts"),
  ]);
  const tokenizer = plan.kind === "builtin"
    ? await loadTokenizer(plan.encoding)
    : await openFiles(plan);
  if (corpus === "words") return (await import("./measure_lexicon.ts")).createLexicon(tokenizer);
  const { createCorpusLexicon } = await import("./measure_corpus.ts");
  return await createCorpusLexicon(tokenizer, corpus);
}
