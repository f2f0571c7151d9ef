import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deriveRandom } from "../../../../common/runtime/random.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { createHuggingFaceTokenizer } from "../../../../common/tokenizer/huggingface_tokenizer.ts";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../../../common/tokenizer/load_tokenizer.ts";
import type { OpenTokenizer, Tokenizer } from "../../../../common/tokenizer/tokenizer.ts";
import {
  exactBlock,
  exactPrompt,
  joinBlocks,
} from "../../../../services/dataset_manager/synthetic/exact_prompt.ts";
import {
  BUILTIN_LEXICON,
  type Lexicon,
} from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { createLexicon } from "../../../../services/dataset_manager/synthetic/measure_lexicon.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../../helpers/tokenizers.ts";
import { writePrompt } from "../../../../services/dataset_manager/synthetic/prompt.ts";

interface Subject {
  tokenizer: Tokenizer;
  lexicon: Lexicon;
}

async function subject(name: string): Promise<Subject> {
  if ((TIKTOKEN_ENCODINGS as readonly string[]).includes(name)) {
    return { tokenizer: await loadTokenizer(name), lexicon: BUILTIN_LEXICON };
  }
  const tokenizer = await fixtureTokenizer(name);
  return { tokenizer, lexicon: createLexicon(tokenizer) };
}

const KINDS = [...TIKTOKEN_ENCODINGS, ...TOKENIZER_KINDS];

for (const name of KINDS) {
  Deno.test(`prompts have exactly the tokens asked for in ${name}`, async () => {
    const { tokenizer, lexicon } = await subject(name);
    // A thousand of the longest, too, come out exactly, but take minutes.
    for (const [tokens, times] of [[1, 1_000], [17, 1_000], [550, 60], [32_000, 2]] as const) {
      for (let i = 0; i < times; i++) {
        const text = exactPrompt(lexicon, deriveRandom(i, `prompt.${tokens}`), tokens);
        assertEquals(tokenizer.count(text), tokens, text.slice(0, 200));
      }
    }
  });

  Deno.test(`blocks keep their tokens behind each other in ${name}`, async () => {
    const { tokenizer, lexicon } = await subject(name);
    const blocks = [16, 512, 1, 2, 16, 64].map((tokens, id) => ({
      tokens,
      text: exactBlock(lexicon, deriveRandom(id, "block"), tokens),
    }));
    const sizes = blocks.map(({ tokens }) => tokens);
    for (let length = 1; length <= blocks.length; length++) {
      const some = blocks.slice(0, length);
      const ids = [...tokenizer.encode(joinBlocks(some.map(({ text }) => text)))];
      assertEquals(ids.length, sizes.slice(0, length).reduce((sum, size) => sum + size, 0));
      const shorter = tokenizer.encode(joinBlocks(some.slice(0, -1).map(({ text }) => text)));
      assertEquals(ids.slice(0, shorter.length), [...shorter], "what is behind changes nothing");
    }
  });
}

for (const name of ["o200k_base", ...TOKENIZER_KINDS]) {
  Deno.test(`prompts of blocks share the tokens that their ids say in ${name}`, async () => {
    const { tokenizer, lexicon } = await subject(name);
    const size = 16;
    const prompt = (ids: readonly number[], last: number) =>
      joinBlocks(
        ids.map((id, at) => {
          const tokens = at === ids.length - 1 ? last : size;
          return exactBlock(lexicon, deriveRandom(3, `block.${id}`), tokens);
        }),
      );
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: size }),
        (one, other, last) => {
          const a = [...tokenizer.encode(prompt(one, last))];
          const b = [...tokenizer.encode(prompt(other, size))];
          assertEquals(a.length, (one.length - 1) * size + last);
          const differs = one.findIndex((id, at) => id !== other[at]);
          const shared = (differs < 0 ? one.length : differs) * size;
          const whole = Math.min(shared, a.length, b.length);
          assertEquals(a.slice(0, whole), b.slice(0, whole));
        },
      ),
      { numRuns: 60 },
    );
  });
}

Deno.test("a shorter block is the beginning of a longer one", async () => {
  for (const name of ["cl100k_base", "unigram", "wordpiece"]) {
    const { lexicon } = await subject(name);
    const long = exactBlock(lexicon, deriveRandom(1, "block"), 64);
    for (let tokens = 1; tokens < 64; tokens++) {
      const short = exactBlock(lexicon, deriveRandom(1, "block"), tokens);
      assert(long.startsWith(short), short);
    }
  }
});

Deno.test("prompts for the built-in encodings are those that need no tokenizer", () => {
  assertEquals(
    exactPrompt(BUILTIN_LEXICON, deriveRandom(1, "a"), 550),
    writePrompt(deriveRandom(1, "a"), 550),
  );
});

Deno.test("no prompt holds what the tokenizer does not know", async () => {
  const { tokenizer, lexicon } = await subject("wordpiece");
  const ids = tokenizer.encode(exactPrompt(lexicon, deriveRandom(1, "a"), 5_000));
  assert(!ids.includes((tokenizer as OpenTokenizer).unknownToken!));
});

/** A tokenizer of single bytes: no word is one token. */
function bytesOnly(vocabulary: Record<string, number>, merges: string[] = []) {
  return createHuggingFaceTokenizer({
    name: "bytes",
    config: null,
    tokenizer: JSON.stringify({
      version: "1.0",
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      model: { type: "BPE", vocab: vocabulary, merges, unk_token: null },
    }),
  });
}

const LETTERS = Object.fromEntries([..." abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,."]
  .map((letter, id) => [letter, id]));

Deno.test("where no word is the same at the start and after a space, there are no blocks", async () => {
  const lexicon = createLexicon(await bytesOnly(LETTERS));
  assertThrows(() => exactBlock(lexicon, deriveRandom(1, "a"), 16), RangeError, "no words");
  assertThrows(() => exactPrompt(lexicon, deriveRandom(1, "a"), 1), RangeError, "no words");
});

Deno.test("a tokenizer of letters gets words that add up to the length asked for", async () => {
  const tokenizer = await bytesOnly(LETTERS);
  const lexicon = createLexicon(tokenizer);
  for (let tokens = 3; tokens < 200; tokens++) {
    const text = exactPrompt(lexicon, deriveRandom(tokens, "letters"), tokens);
    assertEquals(tokenizer.count(text), tokens);
    assertEquals(text.length, tokens);
  }
});

Deno.test("words that a token joins with the word before are not used", async () => {
  const vocabulary = { ...LETTERS, "s ": 60 };
  const tokenizer = await bytesOnly(vocabulary, ["s  "]);
  assertThrows(() => createLexicon(tokenizer), BadInputError, "--tokenizer: bytes:");
  const partly = await bytesOnly({ ...LETTERS, " t": 60, "s t": 61 }, ["  t", "s  t"]);
  const { words } = createLexicon(partly);
  assert(words.length > 100 && words.every(({ text }) => !text.startsWith("t")));
});
