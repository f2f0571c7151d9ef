import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BUILTIN_ENCODING,
  loadTokenizer,
  resolveEncoding,
  TIKTOKEN_ENCODINGS,
  UnknownTokenizerError,
} from "../../../common/tokenizer/load_tokenizer.ts";

Deno.test("every encoding loads under its own name and counts its own way", async () => {
  const counts: Record<string, number> = {};
  for (const name of TIKTOKEN_ENCODINGS) {
    const tokenizer = await loadTokenizer(name);
    assertEquals(tokenizer.name, name);
    assertEquals(tokenizer.count(""), 0);
    counts[name] = tokenizer.count("def f(x):\n        return 12345678");
    assertEquals(counts[name], tokenizer.encode("def f(x):\n        return 12345678").length);
  }
  assertEquals(counts, {
    "gpt2": 17,
    "r50k_base": 17,
    "p50k_base": 11,
    "p50k_edit": 11,
    "cl100k_base": 10,
    "o200k_base": 10,
  });
});

Deno.test("builtin is o200k_base", async () => {
  const tokenizer = await loadTokenizer("builtin");
  assertEquals(tokenizer.name, BUILTIN_ENCODING);
  assertEquals([...tokenizer.encode("hello world")], [24912, 2375]);
});

Deno.test("what looks like a special token is ordinary text", async () => {
  const tokenizer = await loadTokenizer("gpt2");
  assert(tokenizer.count("<|endoftext|>") > 1);
  assert(!tokenizer.encode("<|endoftext|>").includes(50256));
});

Deno.test("text that no encoder likes is counted all the same", async () => {
  const tokenizer = await loadTokenizer("gpt2");
  assert(tokenizer.count("\ud800 a lone surrogate") > 0);
  assert(tokenizer.count("\u0000\ufeff") > 0);
  assertEquals(
    tokenizer.count("ab ".repeat(50_000)),
    tokenizer.encode("ab ".repeat(50_000)).length,
  );
});

Deno.test("a long run without a word boundary is counted in pieces, none lost", async () => {
  const tokenizer = await loadTokenizer("gpt2");
  for (const character of ["!", " ", "a", "語"]) {
    const once = tokenizer.count(character.repeat(4_000));
    assertEquals(tokenizer.count(character.repeat(12_000)), 3 * once, character);
    assertEquals(tokenizer.encode(character.repeat(12_000)).length, 3 * once, character);
  }
  const tail = tokenizer.count("!".repeat(4_000)) + tokenizer.count(" and more");
  assertEquals(tokenizer.count("!".repeat(4_000) + " and more"), tail);
});

Deno.test("an unknown name is refused with the names that exist", async () => {
  const error = await assertRejects(() => loadTokenizer("gpt-5"), UnknownTokenizerError);
  assertEquals(
    (error as Error).message,
    'unknown tokenizer "gpt-5": use builtin (o200k_base) or one of ' +
      "gpt2, r50k_base, p50k_base, p50k_edit, cl100k_base, o200k_base",
  );
  assertThrows(() => resolveEncoding("toString"), UnknownTokenizerError);
  assertEquals(resolveEncoding("builtin"), "o200k_base");
  assertEquals(resolveEncoding("cl100k_base"), "cl100k_base");
});
