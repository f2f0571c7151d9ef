import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type ModelChoice, modelFor, urlIndexOf } from "../../../common/model/model_choice.ts";

const CHOICE: ModelChoice = {
  models: ["a", "b", "c"],
  strategy: "round_robin",
  weights: null,
  seed: 3,
};

function placeAt(sessionIndex: number, turnIndex = 0) {
  return { phase: "profiling" as const, sessionIndex, turnIndex };
}

function manyModels(choice: ModelChoice, sessions = 6_000): Map<string, number> {
  const places = Array.from({ length: sessions }, (_, i) => placeAt(i));
  const groups = Map.groupBy(places, (place) => modelFor(choice, place, 1));
  return new Map([...groups].map(([model, all]) => [model, all.length]));
}

Deno.test("sessions take turns between URLs, and all turns of a session go to one", () => {
  const indexes = [0, 1, 2, 3, 4].map((sessionIndex) => urlIndexOf({ sessionIndex }, 3));
  assertEquals(indexes, [0, 1, 2, 0, 1]);
  assertEquals(urlIndexOf({ sessionIndex: 5 }, 1), 0);
});

Deno.test("models take turns from session to session and from turn to turn", () => {
  assertEquals([0, 1, 2, 3].map((i) => modelFor(CHOICE, placeAt(i), 1)), ["a", "b", "c", "a"]);
  assertEquals([0, 1, 2].map((turn) => modelFor(CHOICE, placeAt(1, turn), 1)), ["b", "c", "a"]);
});

Deno.test("every URL is asked for every model as often", () => {
  for (const urls of [2, 3, 4]) {
    const pairs = Map.groupBy(
      Array.from({ length: 3 * urls * 5 }, (_, i) => placeAt(i)),
      (place) => `${urlIndexOf(place, urls)} ${modelFor(CHOICE, place, urls)}`,
    );
    assertEquals(pairs.size, 3 * urls);
    for (const [pair, all] of pairs) assertEquals(all.length, 5, pair);
  }
});

Deno.test("models drawn by chance come equally often, the same for the same seed", () => {
  const choice: ModelChoice = { ...CHOICE, strategy: "random" };
  const counts = manyModels(choice);
  for (const model of CHOICE.models) assertAlmostEquals(counts.get(model)!, 2_000, 150);
  assertEquals(manyModels(choice), counts);
  const draws = (seed: number) =>
    Array.from({ length: 50 }, (_, i) => modelFor({ ...choice, seed }, placeAt(i), 1)).join("");
  assert(draws(3) !== draws(4));
});

Deno.test("weighted models come as often as their weights say", () => {
  const counts = manyModels({ ...CHOICE, strategy: "weighted", weights: [3, 0.5, 1.5] });
  assertAlmostEquals(counts.get("a")!, 3_600, 150);
  assertAlmostEquals(counts.get("b")!, 600, 100);
  assertAlmostEquals(counts.get("c")!, 1_800, 150);
});

Deno.test("the warm-up draws other models than the run", () => {
  const choice: ModelChoice = { ...CHOICE, strategy: "random" };
  const draws = (phase: "warmup" | "profiling") =>
    Array.from({ length: 50 }, (_, i) => modelFor(choice, { ...placeAt(i), phase }, 1)).join("");
  assert(draws("warmup") !== draws("profiling"));
});
