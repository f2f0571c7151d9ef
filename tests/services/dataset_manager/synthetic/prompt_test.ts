import { assert, assertEquals, assertMatch } from "@std/assert";
import { deriveRandom, randomInt } from "../../../../common/runtime/random.ts";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../../../common/tokenizer/load_tokenizer.ts";
import { writePrompt } from "../../../../services/dataset_manager/synthetic/prompt.ts";

const LENGTHS = [1, 2, 17, 550, 8_000, 32_000];

interface Sample {
  text: string;
  tokens: number;
}

/** 300 prompts of random seeds; the long lengths are rarer, to keep the test short. */
function samples(): Sample[] {
  const pick = deriveRandom(1, "test.samples");
  return Array.from({ length: 300 }, (_, i) => {
    const tokens = i < 288 ? LENGTHS[i % 4]! : LENGTHS[4 + i % 2]!;
    const seed = randomInt(pick, 2 ** 40);
    const random = deriveRandom(seed, `dataset.text.${randomInt(pick, 1_000_000)}`);
    return { tokens, text: writePrompt(random, tokens) };
  });
}

for (const name of TIKTOKEN_ENCODINGS) {
  Deno.test(`a prompt has exactly the tokens asked for in ${name}`, async () => {
    const tokenizer = await loadTokenizer(name);
    for (const { text, tokens } of samples()) assertEquals(tokenizer.count(text), tokens);
  });
}

Deno.test("every length from 1 to 600 comes out exactly", async () => {
  const tokenizer = await loadTokenizer("gpt2");
  for (let tokens = 1; tokens <= 600; tokens++) {
    assertEquals(tokenizer.count(writePrompt(deriveRandom(tokens, "text"), tokens)), tokens);
  }
});

Deno.test("a prompt reads as sentences", () => {
  const text = writePrompt(deriveRandom(4, "text"), 2_000);
  assertMatch(text, /^[A-Z][a-z]+(,? [a-z]+)*\.( [A-Z][a-z]+(,? [a-z]+)*\.)+$/);
  const sentences = text.split(". ");
  assert(sentences.length > 80 && sentences.length < 400, `${sentences.length} sentences`);
  assert(text.includes(","));
  assertMatch(writePrompt(deriveRandom(4, "text"), 1), /^[A-Z][a-z]+$/);
  assertMatch(writePrompt(deriveRandom(4, "text"), 2), /^[A-Z][a-z]+\.$/);
});
