import { assert, assertEquals, assertRejects } from "@std/assert";
import { deriveRandom } from "../../../../common/runtime/random.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import {
  exactBlock,
  exactPrompt,
  joinBlocks,
} from "../../../../services/dataset_manager/synthetic/exact_prompt.ts";
import { createCorpusLexicon } from "../../../../services/dataset_manager/synthetic/measure_corpus.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../../helpers/tokenizers.ts";

function open(name: string) {
  return name.includes("_base") || name === "gpt2" ? loadTokenizer(name) : fixtureTokenizer(name);
}

for (const name of ["o200k_base", "cl100k_base", "gpt2", ...TOKENIZER_KINDS]) {
  for (const corpus of ["sonnet", "coding", "random"] as const) {
    Deno.test(`prompts of ${corpus} are exact in ${name}, or refused`, async () => {
      const tokenizer = await open(name);
      let lexicon;
      try {
        lexicon = await createCorpusLexicon(tokenizer, corpus);
      } catch (error) {
        // Small tokenizers lack the characters, or join words over a line's end.
        if (!(error instanceof BadInputError)) throw error;
        assert(TOKENIZER_KINDS.some((kind) => kind === name));
        assert(error.message.startsWith(`--prompt-corpus: ${corpus} makes no prompts`));
        return;
      }
      for (const [tokens, times] of [[1, 50], [17, 100], [100, 50], [550, 20]] as const) {
        for (let i = 0; i < times; i++) {
          const text = exactPrompt(lexicon, deriveRandom(i, `p.${tokens}`), tokens);
          assertEquals(tokenizer.count(text), tokens, text);
          const block = exactBlock(lexicon, deriveRandom(i, `b.${tokens}`), tokens);
          assertEquals(tokenizer.count(joinBlocks([block, block])), 2 * tokens, block);
        }
      }
    });
  }
}

Deno.test("prompts of lines are mostly lines, and do not begin alike", async () => {
  const lexicon = await createCorpusLexicon(await loadTokenizer("o200k_base"), "sonnet");
  const texts = Array.from(
    { length: 200 },
    (_, i) => exactPrompt(lexicon, deriveRandom(i, "lines"), 200),
  );
  const known = new Set(lexicon.lines!.map(({ text }) => text));
  for (const text of texts) {
    const lines = text.split("\n");
    assert(lines.filter((line) => known.has(line)).length >= lines.length - 1);
    assert(lines.length > 10);
  }
  const beginnings = new Set(texts.map((text) => text.split("\n").slice(0, 2).join("\n")));
  assert(beginnings.size > 190, `${beginnings.size}`);
});

Deno.test("random words come from all over the vocabulary", async () => {
  const tokenizer = await loadTokenizer("o200k_base");
  const lexicon = await createCorpusLexicon(tokenizer, "random");
  const ids = new Set(tokenizer.encode(exactPrompt(lexicon, deriveRandom(1, "a"), 5_000)));
  assert(ids.size > 1_500, `${ids.size} different tokens`);
  assert([...ids].filter((id) => id > 50_000).length > 300);
});

Deno.test("a tokenizer without words is refused for random", async () => {
  const tokenizer = await fixtureTokenizer("unigram");
  const poor = { ...tokenizer, name: "poor", unknownToken: tokenizer.unknownToken };
  const bare = Object.assign(Object.create(tokenizer), poor, {
    encode: (text: string) => tokenizer.encode(text),
    count: (text: string) => tokenizer.count(text),
    spellings: () => ["a"],
  });
  await assertRejects(() => createCorpusLexicon(bare, "random"), BadInputError);
});
