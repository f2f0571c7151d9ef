import { assertEquals, assertMatch } from "@std/assert";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../../../common/tokenizer/load_tokenizer.ts";
import { STARTERS, WORDS } from "../../../../services/dataset_manager/synthetic/words.ts";

Deno.test("there are 2,048 words of lower-case letters, all different", () => {
  assertEquals(WORDS.length, 2_048);
  assertEquals(new Set(WORDS).size, 2_048);
  assertEquals(STARTERS.length, 1_024);
  for (const word of WORDS) assertMatch(word, /^[a-z]+$/);
});

for (const name of TIKTOKEN_ENCODINGS) {
  Deno.test(`every word is one token of ${name} wherever a prompt may have it`, async () => {
    const tokenizer = await loadTokenizer(name);
    const pieces = WORDS.map((word) => ` ${word}`);
    for (const word of STARTERS) {
      const capitalised = word.charAt(0).toUpperCase() + word.slice(1);
      pieces.push(capitalised, ` ${capitalised}`);
    }
    assertEquals([...pieces, ".", ","].filter((piece) => tokenizer.count(piece) !== 1), []);
  });
}
