import { assertEquals } from "@std/assert";
import { placeOf, type TokenizerPlace } from "../../../common/tokenizer/tokenizer_choice.ts";

function place(
  name: string | null,
  model = "m",
  change: { isMock?: boolean; chat?: boolean } = {},
) {
  const { isMock = false, chat = false } = change;
  const choice = { name, revision: "main", appliesChatTemplate: chat };
  return placeOf({ choice, model, isMock });
}

function ready(encoding: string): TokenizerPlace {
  return { kind: "ready", plan: { kind: "builtin", encoding }, note: null };
}

Deno.test("builtin and the encodings are ready at once", () => {
  assertEquals(place("builtin"), ready("o200k_base"));
  assertEquals(place("cl100k_base"), ready("cl100k_base"));
  assertEquals(place("gpt2"), ready("gpt2"));
});

Deno.test("paths and names on the hub are told apart", () => {
  for (const path of ["/t", "./t", "../t", "~/t", ".", "..", "sub/tokenizer.json"]) {
    assertEquals(place(path), { kind: "path", path, isDefault: false });
  }
  for (const id of ["Qwen/Qwen3-0.6B", "bert-base-uncased"]) {
    assertEquals(place(id), { kind: "hub", id, isDefault: false });
  }
  assertEquals(place("a b"), { kind: "unknown", name: "a b" });
  assertEquals(place("a/b/c"), { kind: "unknown", name: "a/b/c" });
});

Deno.test("without a name it is that of the model, where the model's name says which", () => {
  const org = "meta-llama/Llama-3.1-8B";
  assertEquals(place(null, org), { kind: "hub", id: org, isDefault: true });
  assertEquals(place(null, "/models/x"), { kind: "path", path: "/models/x", isDefault: true });
  assertEquals(place(null, "gpt-4o-mini"), ready("o200k_base"));
  assertEquals(place(null, "gpt-4-turbo"), ready("cl100k_base"));
  assertEquals(place(null, "openai/gpt-oss-20b"), ready("o200k_base"));
  assertEquals(place(null, "o1"), ready("o200k_base"));
});

Deno.test("a model that may be anything is counted with the built-in one, and that is said", () => {
  for (const model of ["llama3", "gpt-45", "o10b", "bert-base-uncased", "a b"]) {
    assertEquals(place(null, model), {
      ...ready("o200k_base"),
      note: `Tokens are counted with the built-in tokenizer, o200k_base, in place of that of ` +
        `"${model}": choose one by --tokenizer; --tokenizer builtin keeps this one`,
    });
  }
});

Deno.test("the mock server's models have no tokenizer to be looked for", () => {
  assertEquals(place(null, "org/model", { isMock: true }), ready("o200k_base"));
  const named = place("org/model", "m", { isMock: true });
  assertEquals(named, { kind: "hub", id: "org/model", isDefault: false });
});

Deno.test("a chat template is in files only, also of a model whose encoding is known", () => {
  const id = "openai/gpt-oss-20b";
  assertEquals(place(null, id, { chat: true }), { kind: "hub", id, isDefault: true });
});
