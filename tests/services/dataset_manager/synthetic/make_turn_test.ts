import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Conversation } from "../../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../../common/model/run_config.ts";
import type { SyntheticPlan } from "../../../../common/model/synthetic_plan.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import type { Tokenizer } from "../../../../common/tokenizer/tokenizer.ts";
import {
  BUILTIN_LEXICON,
  type Lexicon,
} from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { createLexicon } from "../../../../services/dataset_manager/synthetic/measure_lexicon.ts";
import { createSyntheticDataset } from "../../../../services/dataset_manager/synthetic/synthetic_dataset.ts";
import { datasetPlanOf, PLAIN_SYNTHETIC } from "../../../helpers/dataset_plan.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../../helpers/tokenizers.ts";

const COUNT = 300;

function conversations(
  synthetic: Partial<SyntheticPlan>,
  plan: Partial<DatasetPlan> = {},
  lexicon: Lexicon = BUILTIN_LEXICON,
): Conversation[] {
  const dataset = createSyntheticDataset(
    datasetPlanOf({ ...plan, synthetic: { ...PLAIN_SYNTHETIC, ...synthetic } }),
    { lexicon },
  );
  return Array.from({ length: COUNT }, (_, index) => dataset.conversation(index));
}

async function subject(name: string): Promise<{ tokenizer: Tokenizer; lexicon: Lexicon }> {
  if (name === "builtin") {
    return { tokenizer: await loadTokenizer(name), lexicon: BUILTIN_LEXICON };
  }
  const tokenizer = await fixtureTokenizer(name);
  return { tokenizer, lexicon: createLexicon(tokenizer) };
}

const EVERYTHING = {
  prefixes: { count: 3, tokens: 40 },
  systemTokens: 25,
  contextTokens: 9,
  textsPerTurn: 2,
};
const TWO_TURNS = { turns: { mean: 2, stddev: 0 }, isl: { mean: 20, stddev: 6 } };

for (const name of ["builtin", ...TOKENIZER_KINDS]) {
  Deno.test(`whatever is put together, each turn has the tokens that it says in ${name}`, async () => {
    const { tokenizer, lexicon } = await subject(name);
    for (const { opening, turns } of conversations(EVERYTHING, TWO_TURNS, lexicon)) {
      assertEquals(opening.map(({ inputTokens }) => inputTokens), [25, 9]);
      for (const { texts, inputTokens } of [...opening, ...turns]) {
        const counted = texts.reduce((sum, text) => sum + tokenizer.count(text), 0);
        assertEquals(counted, inputTokens);
      }
    }
  });
}

Deno.test("the first turn of a conversation begins with one of the prefixes, on top of its length", async () => {
  const tokenizer = await loadTokenizer("builtin");
  const own = { ...TWO_TURNS, isl: { mean: 20, stddev: 0 } };
  const used = new Map<string, number>();
  for (const { turns } of conversations({ prefixes: { count: 3, tokens: 40 } }, own)) {
    assertEquals(turns.map(({ inputTokens }) => inputTokens), [60, 20]);
    const prefix = tokenizer.encode(turns[0]!.texts[0]!).slice(0, 40).join();
    used.set(prefix, (used.get(prefix) ?? 0) + 1);
  }
  assertEquals(used.size, 3);
  for (const times of used.values()) assert(times > COUNT / 5, `${times}`);
});

Deno.test("all conversations have the same system prompt, and each a context of its own", () => {
  const openings = conversations({ systemTokens: 30, contextTokens: 12 })
    .map(({ opening }) => opening);
  assertEquals(openings[0]!.map(({ role }) => role), ["system", "user"]);
  assertEquals(new Set(openings.map(([system]) => system!.texts[0])).size, 1);
  assertEquals(new Set(openings.map(([, context]) => context!.texts[0])).size, COUNT);
});

Deno.test("several texts of a turn differ, and the first is what it is alone", () => {
  const alone = conversations({});
  for (const [index, { turns: [turn] }] of conversations({ textsPerTurn: 3 }).entries()) {
    assertEquals(turn!.texts.length, 3);
    assertEquals(new Set(turn!.texts).size, 3);
    assertEquals(turn!.texts[0], alone[index]!.turns[0]!.texts[0]);
  }
});

Deno.test("what comes before the turns leaves them as they are", () => {
  const plain = conversations({}, TWO_TURNS);
  for (const [index, { turns }] of conversations({ systemTokens: 5 }, TWO_TURNS).entries()) {
    assertEquals(turns, plain[index]!.turns);
  }
});

Deno.test("a tokenizer that cannot put texts together exactly is refused for prefixes", () => {
  const lexicon = { ...BUILTIN_LEXICON, isBuiltin: false, openings: [] };
  assertThrows(
    () => conversations({ prefixes: { count: 1, tokens: 5 } }, {}, lexicon),
    BadInputError,
    "--prefix-prompt-length: o200k_base: with this tokenizer no text",
  );
});

Deno.test("a ranking has a query and passages of the drawn numbers and lengths", async () => {
  const tokenizer = await loadTokenizer("builtin");
  const rankings = {
    passages: { mean: 4, stddev: 1 },
    passageTokens: { mean: 20, stddev: 5 },
    queryTokens: { mean: 9, stddev: 0 },
  };
  const numbers = new Set<number>();
  for (const { opening, turns: [turn] } of conversations({ ...EVERYTHING, rankings })) {
    assertEquals([opening.length, turn!.texts.length], [0, 1]);
    assertEquals(tokenizer.count(turn!.texts[0]!), 9);
    const passages = turn!.passages!;
    numbers.add(passages.length);
    assertEquals(new Set(passages).size, passages.length);
    const counted = passages.reduce((sum, text) => sum + tokenizer.count(text), 9);
    assertEquals(counted, turn!.inputTokens);
  }
  assert(numbers.has(3) && numbers.has(4) && numbers.has(5));
});
