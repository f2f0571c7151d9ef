import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { lengthsOf } from "../../../../services/dataset_manager/synthetic/lengths.ts";
import { createSyntheticDataset } from "../../../../services/dataset_manager/synthetic/synthetic_dataset.ts";
import { datasetPlanOf, PLAIN_SYNTHETIC } from "../../../helpers/dataset_plan.ts";

function fixed(mean: number) {
  return { mean, stddev: 0 };
}

const LENGTHS = [
  { isl: fixed(10), osl: fixed(100), percent: 20 },
  { isl: fixed(20), osl: fixed(200), percent: 50 },
  { isl: fixed(30), osl: fixed(300), percent: 29.95 },
  { isl: fixed(40), osl: fixed(400), percent: 0 },
];
const PLAN = datasetPlanOf({
  entries: 10_000,
  synthetic: { ...PLAIN_SYNTHETIC, lengths: LENGTHS },
  turns: fixed(2),
});

Deno.test("each pair of lengths is drawn as often as it should be, and one of 0 % never", () => {
  const counts = new Map<number, number>();
  for (let index = 0; index < 10_000; index++) {
    const { isl } = lengthsOf(PLAN, index);
    counts.set(isl.mean, (counts.get(isl.mean) ?? 0) + 1);
  }
  assertAlmostEquals(counts.get(10)!, 2_000, 150);
  assertAlmostEquals(counts.get(20)!, 5_000, 200);
  assertAlmostEquals(counts.get(30)!, 3_000, 180);
  assertEquals(counts.get(40), undefined);
});

Deno.test("prompt and answer of every turn of a conversation have the lengths of one pair", () => {
  const dataset = createSyntheticDataset(PLAN);
  for (let index = 0; index < 200; index++) {
    const { turns } = dataset.conversation(index);
    const lengths = turns.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]);
    assertEquals(lengths[0], lengths[1]);
    assertEquals(lengths[0]![1], lengths[0]![0]! * 10);
  }
});

Deno.test("the draw depends on the seed", () => {
  const drawn = (seed: number) =>
    Array.from({ length: 50 }, (_, index) => lengthsOf({ ...PLAN, seed }, index).isl.mean);
  assertEquals(drawn(1), drawn(1));
  assertNotEquals(drawn(1), drawn(2));
});

Deno.test("without a choice the lengths are those of the plan", () => {
  const plan = datasetPlanOf();
  assertEquals(lengthsOf(plan, 5), { isl: plan.isl, osl: plan.osl });
});
