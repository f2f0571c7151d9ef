import { assert, assertStrictEquals } from "@std/assert";
import type { TokenizerPlan } from "../../../../common/model/tokenizer_plan.ts";
import { exactPrompt } from "../../../../services/dataset_manager/synthetic/exact_prompt.ts";
import { BUILTIN_LEXICON } from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { openLexicon } from "../../../../services/dataset_manager/synthetic/open_lexicon.ts";
import { BUILTIN_TOKENIZER } from "../../../../common/model/tokenizer_plan.ts";
import { deriveRandom } from "../../../../common/runtime/random.ts";
import { fixtureTokenizer, tokenizerFolder } from "../../../helpers/tokenizers.ts";

Deno.test("words in a built-in encoding need nothing to be loaded", async () => {
  assertStrictEquals(await openLexicon(BUILTIN_TOKENIZER), BUILTIN_LEXICON);
});

Deno.test("words in the tokenizer of a model are measured in it", async () => {
  const folder = tokenizerFolder("wordpiece");
  const plan: TokenizerPlan = {
    kind: "huggingface",
    name: "wordpiece",
    commit: null,
    path: `${folder}/tokenizer.json`,
    configPath: `${folder}/tokenizer_config.json`,
    chatTemplate: null,
  };
  const lexicon = await openLexicon(plan);
  const text = exactPrompt(lexicon, deriveRandom(1, "prompt"), 50);
  assert((await fixtureTokenizer("wordpiece")).count(text) === 50, text);
});
