import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { loadTokenizer, TIKTOKEN_ENCODINGS } from "../../../common/tokenizer/load_tokenizer.ts";
import type { Tokenizer } from "../../../common/tokenizer/tokenizer.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../helpers/tokenizers.ts";

/** What the reference libraries say, see tests/fixtures/tokenizers/README.md. */
interface Reference {
  texts: Record<string, string>;
  longRepeats: number;
  tables: Record<string, {
    ids: Record<string, number[]>;
    long: { count: number; sha256: string };
  }>;
}

const path = new URL("../../fixtures/tokenizers/reference.json", import.meta.url);
const REFERENCE: Reference = JSON.parse(await Deno.readTextFile(path));
const LONG = longText(REFERENCE);

function longText({ texts, longRepeats }: Reference): string {
  const once = Object.values(texts).join(" ");
  return new Array(longRepeats).fill(once).join(" ");
}

function agrees(name: string, tokenizer: Tokenizer): void {
  const { ids, long } = REFERENCE.tables[name]!;
  for (const [text, expected] of Object.entries(ids)) {
    assertEquals([...tokenizer.encode(REFERENCE.texts[text]!)], expected, text);
    assertEquals(tokenizer.count(REFERENCE.texts[text]!), expected.length, text);
  }
  const all = [...tokenizer.encode(LONG)];
  const sha256 = createHash("sha256").update(all.join(" ")).digest("hex");
  assertEquals({ count: all.length, sha256 }, long, "100 KB");
}

for (const kind of TOKENIZER_KINDS) {
  Deno.test(`${kind} gives the ids that Hugging Face's own library gives`, async () => {
    agrees(kind, await fixtureTokenizer(kind));
  });
}

for (const encoding of TIKTOKEN_ENCODINGS) {
  Deno.test(`${encoding} gives the ids that OpenAI's own library gives`, async () => {
    agrees(encoding, await loadTokenizer(encoding));
  });
}

Deno.test("the long text has over 100 KB", () => {
  assertEquals(new TextEncoder().encode(LONG).length >= 100_000, true);
});
