import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  markerOf,
  type MarkerOptions,
  markingPlan,
  withMarker,
} from "../../../common/model/cache_bust.ts";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import { datasetPlanOf } from "../../helpers/dataset_plan.ts";

const OPTIONS: MarkerOptions = {
  place: "first_turn_prefix",
  words: { words: ["The", "And", "But", "For", "Yet", "Now", "How", "Why"], tokensEach: 2 },
  seed: 3,
  trial: 0,
};
const SESSION = { phase: "profiling", sessionIndex: 4 } as const;
const { text: MARK, tokens: TOKENS } = markerOf(OPTIONS, SESSION);

const PLAIN: Conversation = {
  index: 0,
  id: "c",
  opening: [],
  turns: [
    plainTurn(["one", "two"], { inputTokens: 2 }),
    plainTurn(["three"], { inputTokens: 1 }),
  ],
};
const SYSTEM = plainTurn(["be brief"], { role: "system", inputTokens: 2 });

Deno.test("a marker has 64 bits, and depends on seed, run, phase and session alone", () => {
  // 8 words are 3 bits each.
  assertEquals([MARK.split(" ").length, TOKENS], [22, 44]);
  assertEquals(markerOf({ ...OPTIONS }, { ...SESSION }).text, MARK);
  const others = [
    markerOf({ ...OPTIONS, seed: 4 }, SESSION),
    markerOf({ ...OPTIONS, trial: 1 }, SESSION),
    markerOf(OPTIONS, { ...SESSION, phase: "warmup" }),
    markerOf(OPTIONS, { ...SESSION, sessionIndex: 5 }),
  ];
  assertEquals(new Set([MARK, ...others.map(({ text }) => text)]).size, 5);
  for (const { tokens } of others) assertEquals(tokens, TOKENS);
});

Deno.test("the first turn is marked at its beginning or end, in each of its texts", () => {
  const { opening, turns } = withMarker(PLAIN, OPTIONS, SESSION);
  assertEquals(opening, []);
  assertEquals(turns[0]!.texts, [`${MARK} one`, `${MARK} two`]);
  assertEquals(turns[0]!.inputTokens, 2 + 2 * TOKENS);
  assertEquals(turns[1], PLAIN.turns[1]);
  const atEnd = withMarker(PLAIN, { ...OPTIONS, place: "first_turn_suffix" }, SESSION);
  assertEquals(atEnd.turns[0]!.texts, [`one ${MARK}`, `two ${MARK}`]);
});

Deno.test("the system prompt is marked, or made where there is none", () => {
  const prompted = { ...PLAIN, opening: [SYSTEM] };
  const before = withMarker(prompted, { ...OPTIONS, place: "system_prefix" }, SESSION);
  assertEquals(before.opening.map(({ texts }) => texts), [[`${MARK} be brief`]]);
  assertEquals(before.opening[0]!.inputTokens, 2 + TOKENS);
  assertEquals(before.turns, PLAIN.turns);
  const behind = withMarker(prompted, { ...OPTIONS, place: "system_suffix" }, SESSION);
  assertEquals(behind.opening[0]!.texts, [`be brief ${MARK}`]);
  for (const place of ["system_prefix", "system_suffix"] as const) {
    const { opening } = withMarker(PLAIN, { ...OPTIONS, place }, SESSION);
    assertEquals(opening, [plainTurn([MARK], { role: "system", inputTokens: TOKENS })]);
  }
});

Deno.test("what nobody has counted stays uncounted, and messages are marked in their first text", () => {
  const uncounted = plainTurn([], {
    messages: [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "user", content: "hello" },
      { role: "user", content: "again" },
    ],
  });
  const { turns: [turn] } = withMarker({ ...PLAIN, turns: [uncounted] }, OPTIONS, SESSION);
  assertEquals(turn!.inputTokens, null);
  assertEquals(turn!.messages!.slice(1), [
    { role: "user", content: `${MARK} hello` },
    { role: "user", content: "again" },
  ]);
});

Deno.test("without --cache-bust there is no plan, and each trial has its own", () => {
  const dataset = datasetPlanOf();
  assertEquals(markingPlan({ dataset, trial: null }), null);
  const busting = { ...dataset, cacheBust: "system_suffix" } as const;
  const plans = [null, { number: 1 }, { number: 2 }].map((trial) =>
    markingPlan({ dataset: busting, trial })
  );
  assertEquals(plans.map((plan) => plan?.trial), [0, 1, 2]);
  assert(plans.every((plan) => plan?.place === "system_suffix" && plan.seed === 42));
  assertNotEquals(plans[1], plans[2]);
});
