import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenTokenizerError,
  checkTokenizerJson,
  createHuggingFaceTokenizer,
} from "../../../common/tokenizer/huggingface_tokenizer.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../helpers/tokenizers.ts";

const BROKEN: readonly (readonly [text: string, problem: string])[] = [
  ["", "tokenizer.json is not valid JSON"],
  ['{"model":', "tokenizer.json is not valid JSON"],
  ["[]", "tokenizer.json is not that of a Hugging Face tokenizer"],
  ["{}", "tokenizer.json is not that of a Hugging Face tokenizer (at model)"],
  ['{"model":{}}', "tokenizer.json is not that of a Hugging Face tokenizer (at model.vocab)"],
  [
    '{"model":{"type":"BPE","vocab":{"a":"x"}}}',
    "tokenizer.json is not that of a Hugging Face tokenizer (at model.vocab)",
  ],
];

for (const [text, problem] of BROKEN) {
  Deno.test(`a broken tokenizer.json is refused with what is wrong: ${text}`, async () => {
    assertThrows(() => checkTokenizerJson(text), BrokenTokenizerError, problem);
    const error = await assertRejects(
      () => createHuggingFaceTokenizer({ name: "x", tokenizer: text, config: null }),
      BrokenTokenizerError,
    );
    assertEquals((error as Error).message, problem);
  });
}

Deno.test("a kind of model that nobody knows is refused", async () => {
  const tokenizer = '{"model":{"type":"Magic","vocab":{"a":1}},"added_tokens":[]}';
  await assertRejects(
    () => createHuggingFaceTokenizer({ name: "x", tokenizer, config: null }),
    BrokenTokenizerError,
    "tokenizer.json cannot be used:",
  );
});

for (const kind of TOKENIZER_KINDS) {
  Deno.test(`nothing that a template adds is counted by ${kind}`, async () => {
    const tokenizer = await fixtureTokenizer(kind);
    assertEquals(tokenizer.count(""), 0);
    assertEquals(tokenizer.count("the"), tokenizer.encode("the").length);
    assert(tokenizer.count("the the") === 2 * tokenizer.count("the") || kind === "bpe_byte_level");
  });

  Deno.test(`spellings of ${kind} have spaces where words begin`, async () => {
    const spellings = new Set((await fixtureTokenizer(kind)).spellings());
    assert(spellings.size > 1_000);
    assert(kind === "wordpiece" ? spellings.has("the") : spellings.has(" the"));
  });
}

Deno.test("only what has a token for unknown text has one", async () => {
  assertEquals((await fixtureTokenizer("bpe_byte_level")).unknownToken, null);
  assertEquals((await fixtureTokenizer("wordpiece")).unknownToken, 1);
  assertEquals((await fixtureTokenizer("unigram")).unknownToken, 2);
});
