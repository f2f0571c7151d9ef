import { assert, assertEquals, assertThrows } from "@std/assert";
import { markerOf } from "../../../../common/model/cache_bust.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { BUILTIN_LEXICON } from "../../../../services/dataset_manager/synthetic/lexicon.ts";
import { markerWordsOf } from "../../../../services/dataset_manager/synthetic/marker_words.ts";
import { createLexicon } from "../../../../services/dataset_manager/synthetic/measure_lexicon.ts";
import { createSyntheticDataset } from "../../../../services/dataset_manager/synthetic/synthetic_dataset.ts";
import { datasetPlanOf } from "../../../helpers/dataset_plan.ts";
import { fixtureTokenizer, TOKENIZER_KINDS } from "../../../helpers/tokenizers.ts";

for (const kind of TOKENIZER_KINDS) {
  Deno.test(`a marker adds its tokens at either end of a made-up prompt in ${kind}`, async () => {
    const tokenizer = await fixtureTokenizer(kind);
    const lexicon = createLexicon(tokenizer);
    const words = markerWordsOf(lexicon);
    for (const place of ["first_turn_prefix", "first_turn_suffix"] as const) {
      const dataset = createSyntheticDataset(datasetPlanOf({ cacheBust: place }), { lexicon });
      for (let index = 0; index < 60; index++) {
        const { texts: [text], inputTokens } = dataset.conversation(index).turns[0]!;
        const session = { phase: "profiling", sessionIndex: index } as const;
        const marker = markerOf({ place, words, seed: 1, trial: 0 }, session);
        const parts = place === "first_turn_prefix" ? [marker.text, text] : [text, marker.text];
        assertEquals(tokenizer.count(parts.join(" ")), inputTokens! + marker.tokens);
      }
    }
  });
}

Deno.test("the markers of built-in encodings are 7 words", () => {
  const words = markerWordsOf(BUILTIN_LEXICON);
  assert(words.words.length >= 1_000);
  const options = { place: "system_prefix", words, seed: 1, trial: 0 } as const;
  assertEquals(markerOf(options, { phase: "profiling", sessionIndex: 0 }).tokens, 7);
});

Deno.test("a tokenizer without such words is refused", () => {
  const openings = [{ text: "The", tokens: 1 }, { text: "And", tokens: 2 }];
  assertThrows(
    () => markerWordsOf({ ...BUILTIN_LEXICON, openings }),
    BadInputError,
    "--cache-bust:",
  );
});
