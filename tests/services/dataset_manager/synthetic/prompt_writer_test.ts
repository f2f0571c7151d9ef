import { assert, assertEquals } from "@std/assert";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../../../common/tokenizer/load_tokenizer.ts";
import type { Tokenizer } from "../../../../common/tokenizer/tokenizer.ts";
import {
  BUILTIN_LEXICON,
  type Lexicon,
} from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { createLexicon } from "../../../../services/dataset_manager/synthetic/measure_lexicon.ts";
import { PromptWriter } from "../../../../services/dataset_manager/synthetic/prompt_writer.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../../helpers/tokenizers.ts";

async function open(name: string): Promise<{ tokenizer: Tokenizer; lexicon: Lexicon }> {
  if ((TOKENIZER_KINDS as readonly string[]).includes(name)) {
    const tokenizer = await fixtureTokenizer(name);
    return { tokenizer, lexicon: createLexicon(tokenizer) };
  }
  return { tokenizer: await loadTokenizer(name), lexicon: BUILTIN_LEXICON };
}

for (const name of [...TIKTOKEN_ENCODINGS, ...TOKENIZER_KINDS]) {
  for (const blockSize of [16, 64]) {
    Deno.test(`blocks of ${blockSize} tokens of ${name} are exact, and shared as their ids say`, async () => {
      const { tokenizer, lexicon } = await open(name);
      const writer = new PromptWriter(lexicon, 5);
      const write = (blocks: number[], inputTokens: number) => {
        const text = writer.write({ blocks, inputTokens, blockSize }, { stream: "s", root: 0 });
        const ids = [...tokenizer.encode(text)];
        assertEquals(ids.length, inputTokens);
        return ids;
      };
      const long = write([7, 8, 9, 10], 4 * blockSize - 3);
      // However many of its first blocks another prompt has, so many tokens are common.
      for (let common = 0; common < 4; common++) {
        const others = Array.from({ length: 4 - common }, (_, i) => 50 + 10 * common + i);
        const other = write([7, 8, 9, 10].slice(0, common).concat(others), 3 * blockSize + 1);
        assertEquals(sharedTokens(long, other), common * blockSize);
      }
      // A block that is cut off is the beginning of the whole one.
      const cut = write([7, 8], blockSize + 5);
      assert(sharedTokens(long, cut) >= blockSize);
    });
  }
}

function sharedTokens(a: readonly number[], b: readonly number[]): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}
