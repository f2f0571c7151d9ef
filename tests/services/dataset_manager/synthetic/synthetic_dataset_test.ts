import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { conversationSchema } from "../../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../../common/model/run_config.ts";
import { loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import type { Dataset } from "../../../../services/dataset_manager/dataset.ts";
import { createSyntheticDataset } from "../../../../services/dataset_manager/synthetic/synthetic_dataset.ts";
import { datasetPlanOf } from "../../../helpers/dataset_plan.ts";

function firstTexts(dataset: Dataset, count: number): string[] {
  return Array.from({ length: count }, (_, i) => dataset.conversation(i).turns[0]!.texts[0]!);
}

Deno.test("the drawn length is the length of the prompt", async () => {
  const tokenizer = await loadTokenizer("builtin");
  const dataset = createSyntheticDataset(datasetPlanOf());
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
      const dataset = createSyntheticDataset(datasetPlanOf({ seed }));
      const seen = new Map(order.map((index) => [index, dataset.conversation(index)]));
      const other = createSyntheticDataset(
        datasetPlanOf({ seed, entries: 5_000, sampling: "shuffle" }),
      );
      for (const index of [...seen.keys()].reverse()) {
        assertEquals(other.conversation(index), seen.get(index));
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("seeds differ, and 0 is a seed like any other", () => {
  const texts = [0, 1, 2, 2 ** 32, -1].map((seed) =>
    createSyntheticDataset(datasetPlanOf({ seed })).conversation(0).turns[0]!.texts[0]!
  );
  assertEquals(new Set(texts).size, 5);
  assertEquals(
    createSyntheticDataset(datasetPlanOf({ seed: 0 })).conversation(0).turns[0]!.texts[0],
    texts[0],
  );
});

Deno.test("prompts have no common beginning", () => {
  const texts = firstTexts(
    createSyntheticDataset(datasetPlanOf({ isl: { mean: 20, stddev: 0 } })),
    1_000,
  );
  const beginnings = (words: number) =>
    new Set(texts.map((text) => text.split(" ").slice(0, words).join(" "))).size;
  assert(beginnings(1) > 500, `${beginnings(1)} first words`);
  assert(beginnings(3) > 995, `${beginnings(3)} beginnings of three words`);
});

Deno.test("lengths follow the normal distribution asked for", () => {
  const dataset = createSyntheticDataset(
    datasetPlanOf({ entries: 4_000, isl: { mean: 100, stddev: 10 } }),
  );
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
  const dataset = createSyntheticDataset(
    datasetPlanOf({ isl: short, osl: { mean: 0, stddev: 0 } }),
  );
  for (let i = 0; i < 500; i++) {
    const [turn] = dataset.conversation(i).turns;
    assert(Number.isInteger(turn!.inputTokens) && turn!.inputTokens! >= 1);
    assertEquals(turn!.outputTokens, 1);
  }
  const exact = createSyntheticDataset(datasetPlanOf({ isl: { mean: 17.4, stddev: 0 } }));
  assertEquals(exact.conversation(3).turns[0]!.inputTokens, 17);
});

Deno.test("without an output length the server decides, and prompts stay the same", () => {
  const open = createSyntheticDataset(datasetPlanOf({ osl: null }));
  assertEquals(open.conversation(0).turns[0]!.outputTokens, null);
  assertEquals(firstTexts(open, 20), firstTexts(createSyntheticDataset(datasetPlanOf()), 20));
});

Deno.test("nothing is made before it is asked for", () => {
  let reads = 0;
  const counted = new Proxy(datasetPlanOf({ entries: Number.MAX_SAFE_INTEGER }), {
    get(target, key) {
      if (key !== "entries") reads++;
      return Reflect.get(target, key);
    },
  });
  const dataset = createSyntheticDataset(counted);
  assert(reads < 10, `the plan was read ${reads} times`);
  assertEquals(dataset.entries, Number.MAX_SAFE_INTEGER);
  assertEquals(dataset.conversation(2 ** 52).index, 2 ** 52);
});

Deno.test("ids are stable, unlike each other and unlike those of another seed", () => {
  const ids = (seed: number) => {
    const dataset = createSyntheticDataset(datasetPlanOf({ seed, isl: { mean: 1, stddev: 0 } }));
    return Array.from({ length: 1_000 }, (_, i) => dataset.conversation(i).id);
  };
  assertEquals(ids(1), ids(1));
  assertEquals(new Set([...ids(1), ...ids(2)]).size, 2_000);
  for (const id of ids(1)) assert(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id), id);
  assertNotEquals(ids(1)[0], ids(0)[0]);
});

Deno.test("an index outside the data set is refused", () => {
  const dataset = createSyntheticDataset(datasetPlanOf({ entries: 10 }));
  for (const index of [-1, 10, 0.5, NaN]) {
    assertThrows(() => dataset.conversation(index), RangeError, "not among the 10");
  }
});

const SEVERAL = {
  turns: { mean: 4, stddev: 2 },
  turnDelayMs: { mean: 200, stddev: 150 },
};

Deno.test("more turns leave the first turn as it is, byte for byte", () => {
  const single = createSyntheticDataset(datasetPlanOf());
  const several = createSyntheticDataset(datasetPlanOf(SEVERAL));
  for (let i = 0; i < 200; i++) {
    const { id, turns } = several.conversation(i);
    assertEquals({ ...single.conversation(i), turns: turns.slice(0, 1) }, {
      index: i,
      id,
      opening: [],
      turns: single.conversation(i).turns,
    });
  }
});

Deno.test("conversations of several turns are pure functions of seed and index", () => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.nat(999),
      fc.double({ min: 1, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 10, noNaN: true }),
      (seed, index, mean, stddev) => {
        const change = { ...SEVERAL, seed, isl: { mean: 4, stddev: 2 }, turns: { mean, stddev } };
        const dataset = createSyntheticDataset(datasetPlanOf(change));
        const conversation = conversationSchema.parse(dataset.conversation(index));
        assertEquals(
          createSyntheticDataset(datasetPlanOf(change)).conversation(index),
          conversation,
        );
        const { turns } = dataset.outline(index);
        assertEquals(
          turns,
          conversation.turns.map(({ delayMs, timestampMs }) => ({ delayMs, timestampMs })),
        );
        assert(turns.length >= 1 && turns.length <= dataset.info().maxTurns!);
        assertEquals(turns[0]!.delayMs, null);
        for (const { delayMs } of turns.slice(1)) assert(delayMs! >= 0);
        const texts = conversation.turns.map((turn) => turn.texts[0]);
        if (conversation.turns.every((turn) => turn.inputTokens! > 3)) {
          assertEquals(new Set(texts).size, texts.length);
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("numbers of turns and pauses follow the distributions asked for", () => {
  const plan = {
    ...SEVERAL,
    turns: { mean: 6, stddev: 1 },
    turnDelayMs: { mean: 500, stddev: 50 },
  };
  const dataset = createSyntheticDataset(datasetPlanOf({ ...plan, entries: 2_000 }));
  const outlines = Array.from({ length: 2_000 }, (_, i) => dataset.outline(i).turns);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assertAlmostEquals(mean(outlines.map((turns) => turns.length)), 6, 0.1);
  const delays = outlines.flatMap((turns) => turns.slice(1).map(({ delayMs }) => delayMs!));
  assertAlmostEquals(mean(delays), 500, 2);
  assertAlmostEquals(Math.sqrt(mean(delays.map((delay) => (delay - 500) ** 2))), 50, 2);
});

Deno.test("the ratio multiplies every pause, and without pauses there are none", () => {
  const outline = (change: Partial<DatasetPlan>) =>
    createSyntheticDataset(datasetPlanOf({ ...SEVERAL, ...change })).outline(3).turns
      .map(({ delayMs }) => delayMs);
  const delays = outline({});
  assert(delays.length > 1);
  assertEquals(outline({ delayRatio: 0.5 }), delays.map((delay) => delay && delay * 0.5));
  assertEquals(
    outline({ turnDelayMs: { mean: 0, stddev: 0 } }),
    delays.map(() => null),
  );
});

Deno.test("the most turns are those of the longest conversation", () => {
  const dataset = createSyntheticDataset(datasetPlanOf({ ...SEVERAL, entries: 300 }));
  const lengths = Array.from({ length: 300 }, (_, i) => dataset.outline(i).turns.length);
  const info = {
    entries: 300,
    isComplete: true,
    maxTurns: Math.max(...lengths),
    hasTimestamps: false,
  };
  assertEquals(dataset.info(), info);
  const fixed = datasetPlanOf({ turns: { mean: 5, stddev: 0 }, entries: 2 ** 50 });
  assertEquals(createSyntheticDataset(fixed).info().maxTurns, 5);
});

Deno.test("no pause is longer than the longest, after the ratio", () => {
  const outline = (change: Partial<DatasetPlan>) =>
    createSyntheticDataset(datasetPlanOf({ ...SEVERAL, ...change })).outline(3).turns
      .map(({ delayMs }) => delayMs);
  const delays = outline({ delayRatio: 2 });
  assert(delays.some((delay) => delay! > 150));
  const cut = delays.map((delay) => delay && Math.min(delay, 150));
  assertEquals(outline({ delayRatio: 2, longestDelayMs: 150 }), cut);
});
