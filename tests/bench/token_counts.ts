/**
 * Makes a thousand prompts of each length with each kind of tokenizer and counts their tokens again:
 * `deno run -A tests/bench/token_counts.ts [TOKENIZER…]`. Takes minutes; exit code 1: a count is off.
 */
import { deriveRandom } from "../../common/runtime/random.ts";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../common/tokenizer/load_tokenizer.ts";
import type { Tokenizer } from "../../common/tokenizer/tokenizer.ts";
import { exactPrompt } from "../../services/dataset_manager/synthetic/exact_prompt.ts";
import { BUILTIN_LEXICON, type Lexicon } from "../../services/dataset_manager/synthetic/lexicon.ts";
import { createLexicon } from "../../services/dataset_manager/synthetic/measure_lexicon.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../helpers/tokenizers.ts";

const LENGTHS = [1, 17, 550, 32_000];
const PROMPTS = 1_000;

async function open(name: string): Promise<{ tokenizer: Tokenizer; lexicon: Lexicon }> {
  if ((TIKTOKEN_ENCODINGS as readonly string[]).includes(name)) {
    return { tokenizer: await loadTokenizer(name), lexicon: BUILTIN_LEXICON };
  }
  const tokenizer = await fixtureTokenizer(name);
  return { tokenizer, lexicon: createLexicon(tokenizer) };
}

const names = Deno.args.length > 0 ? Deno.args : [...TIKTOKEN_ENCODINGS, ...TOKENIZER_KINDS];
for (const name of names) {
  const { tokenizer, lexicon } = await open(name);
  for (const tokens of LENGTHS) {
    let wrong = 0;
    for (let i = 0; i < PROMPTS; i++) {
      const text = exactPrompt(lexicon, deriveRandom(i, `prompt.${tokens}`), tokens);
      if (tokenizer.count(text) !== tokens) wrong++;
    }
    if (wrong > 0) Deno.exitCode = 1;
    console.log(`${name}: ${PROMPTS - wrong} of ${PROMPTS} prompts have ${tokens} tokens`);
  }
}
