import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { conversationSchema } from "../../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../../common/model/run_config.ts";
import { loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import {
  createSyntheticDataset,
  type Dataset,
} from "../../../../services/dataset_manager/synthetic/synthetic_dataset.ts";

function plan(changes: Partial<DatasetPlan> = {}): DatasetPlan {
  return {
    file: null,
    entries: 1_000,
    isl: { mean: 64, stddev: 16 },
    osl: { mean: 32, stddev: 8 },
    turns: { mean: 1, stddev: 0 },
    turnDelayMs: { mean: 0, stddev: 0 },
    delayRatio: 1,
    sampling: "sequential",
    seed: 42,
    tokenizer: "builtin",
    ...changes,
  };
}

function firstTexts(dataset: Dataset, count: number): string[] {
  return Array.from({ length: count }, (_, i) => dataset.conversation(i).turns[0]!.texts[0]!);
}

Deno.test("the drawn length is the length of the prompt", async () => {
  const tokenizer = await loadTokenizer("builtin");
  const dataset = createSyntheticDataset(plan());
  for (let i = 0; i < 200; i++) {
    const conversation = dataset.conversation(i);
    conversationSchema.parse(conversation);
    assertEquals(conversation.index, i);
    const [turn] = conversation.turns;
    assertEquals(turn!.role, "user");
    assertEquals(tokenizer.count(turn!.texts[0]!), turn!.inputTokens);
  }
});

Deno.test("a conversation is a pure function of seed and index, in any order", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.array(fc.nat(999), { maxLength: 10 }), (seed, order) => {
      const dataset = createSyntheticDataset(plan({ seed }));
      const seen = new Map(order.map((index) => [index, dataset.conversation(index)]));
      const other = createSyntheticDataset(plan({ seed, entries: 5_000, sampling: "shuffle" }));
      for (const index of [...seen.keys()].reverse()) {
        assertEquals(other.conversation(index), seen.get(index));
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("seeds differ, and 0 is a seed like any other", () => {
  const texts = [0, 1, 2, 2 ** 32, -1].map((seed) =>
    createSyntheticDataset(plan({ seed })).conversation(0).turns[0]!.texts[0]!
  );
  assertEquals(new Set(texts).size, 5);
  assertEquals(
    createSyntheticDataset(plan({ seed: 0 })).conversation(0).turns[0]!.texts[0],
    texts[0],
  );
});

Deno.test("prompts have no common beginning", () => {
  const texts = firstTexts(createSyntheticDataset(plan({ isl: { mean: 20, stddev: 0 } })), 1_000);
  const beginnings = (words: number) =>
    new Set(texts.map((text) => text.split(" ").slice(0, words).join(" "))).size;
  assert(beginnings(1) > 500, `${beginnings(1)} first words`);
  assert(beginnings(3) > 995, `${beginnings(3)} beginnings of three words`);
});

Deno.test("lengths follow the normal distribution asked for", () => {
  const dataset = createSyntheticDataset(plan({ entries: 4_000, isl: { mean: 100, stddev: 10 } }));
  const lengths = Array.from({ length: 4_000 }, (_, i) => {
    const [turn] = dataset.conversation(i).turns;
    return { input: turn!.inputTokens!, output: turn!.outputTokens! };
  });
  const moments = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, stddev: Math.sqrt(variance) };
  };
  const input = moments(lengths.map(({ input }) => input));
  assert(Math.abs(input.mean - 100) < 0.6 && Math.abs(input.stddev - 10) < 0.5);
  const output = moments(lengths.map(({ output }) => output));
  assert(Math.abs(output.mean - 32) < 0.5 && Math.abs(output.stddev - 8) < 0.4);
});

Deno.test("lengths are whole and at least 1", () => {
  const short = { mean: 1, stddev: 5 };
  const dataset = createSyntheticDataset(plan({ isl: short, osl: { mean: 0, stddev: 0 } }));
  for (let i = 0; i < 500; i++) {
    const [turn] = dataset.conversation(i).turns;
    assert(Number.isInteger(turn!.inputTokens) && turn!.inputTokens! >= 1);
    assertEquals(turn!.outputTokens, 1);
  }
  const exact = createSyntheticDataset(plan({ isl: { mean: 17.4, stddev: 0 } }));
  assertEquals(exact.conversation(3).turns[0]!.inputTokens, 17);
});

Deno.test("without an output length the server decides, and prompts stay the same", () => {
  const open = createSyntheticDataset(plan({ osl: null }));
  assertEquals(open.conversation(0).turns[0]!.outputTokens, null);
  assertEquals(firstTexts(open, 20), firstTexts(createSyntheticDataset(plan()), 20));
});

Deno.test("nothing is made before it is asked for", () => {
  let reads = 0;
  const counted = new Proxy(plan({ entries: Number.MAX_SAFE_INTEGER }), {
    get(target, key) {
      if (key !== "entries") reads++;
      return Reflect.get(target, key);
    },
  });
  const dataset = createSyntheticDataset(counted);
  assertEquals(reads, 0);
  assertEquals(dataset.entries, Number.MAX_SAFE_INTEGER);
  assertEquals(dataset.conversation(2 ** 52).index, 2 ** 52);
});

Deno.test("ids are stable, unlike each other and unlike those of another seed", () => {
  const ids = (seed: number) => {
    const dataset = createSyntheticDataset(plan({ seed, isl: { mean: 1, stddev: 0 } }));
    return Array.from({ length: 1_000 }, (_, i) => dataset.conversation(i).id);
  };
  assertEquals(ids(1), ids(1));
  assertEquals(new Set([...ids(1), ...ids(2)]).size, 2_000);
  for (const id of ids(1)) assert(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id), id);
  assertNotEquals(ids(1)[0], ids(0)[0]);
});

Deno.test("an index outside the data set is refused", () => {
  const dataset = createSyntheticDataset(plan({ entries: 10 }));
  for (const index of [-1, 10, 0.5, NaN]) {
    assertThrows(() => dataset.conversation(index), RangeError, "not among the 10");
  }
});
