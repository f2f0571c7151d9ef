import { assertEquals } from "@std/assert";
import type { Usage } from "../../../common/model/record.ts";
import { Answer } from "../../../services/worker/answer.ts";
import { type AnswerPart, answerPart } from "../../../services/worker/endpoints/endpoint.ts";

const NO_COUNTS: Usage = {
  promptTokens: null,
  completionTokens: null,
  totalTokens: null,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

Deno.test("what a server counts in parts is put together, and its last word wins", () => {
  const answer = new Answer({ keepText: false });
  const said: Partial<Usage>[] = [
    { promptTokens: 25, completionTokens: 1, cachedPromptTokens: 4 },
    { completionTokens: 15 },
    { completionTokens: 16, totalTokens: 41 },
  ];
  for (const counts of said) answer.add(answerPart({ usage: { ...NO_COUNTS, ...counts } }), 1);
  assertEquals(answer.usage, {
    promptTokens: 25,
    completionTokens: 16,
    totalTokens: 41,
    reasoningTokens: null,
    cachedPromptTokens: 4,
  });
});

Deno.test("choices that come mixed are told apart; the first alone is the answer of the turn", () => {
  const answer = new Answer({ keepText: true, keepContent: true });
  const pieces: [number, string][] = [[0, "a"], [1, "x"], [0, "b"], [2, "1"], [1, "y"], [2, "2"]];
  for (const [index, text] of pieces) {
    const part = index === 0
      ? { content: text }
      : { others: [{ index, output: text, reasoning: `(${text})` }] };
    answer.add(answerPart({ carries: "output", ...part }), index);
  }
  assertEquals(answer.content, "ab");
  assertEquals(answer.text, { output: "abxy12", reasoning: "(x)(y)(1)(2)" });
  assertEquals(answer.chunksAfterNs.length, 6);
});

Deno.test("called tools are what the next turn hears where the answer has no text", () => {
  const answer = new Answer({ keepText: false, keepContent: true });
  const call = (toolCalls: string) => answer.add(answerPart({ carries: "output", toolCalls }), 1);
  call("weather");
  call('{"city":"Bonn"}');
  answer.add(answerPart({ carries: "reasoning", reasoning: "hm" }), 2);
  assertEquals(answer.content, 'weather{"city":"Bonn"}');
  answer.add(answerPart({ carries: "output", content: "It rains." }), 3);
  assertEquals(answer.content, "It rains.");
});

Deno.test("all that an answer says counts towards what is too much: of all choices, thoughts too", () => {
  const long = "x".repeat(3 * 2 ** 20);
  const kinds: Partial<AnswerPart>[] = [
    { content: long },
    { reasoning: long },
    { toolCalls: long },
    { others: [{ index: 1, output: long, reasoning: "" }] },
    { others: [{ index: 1, output: "", reasoning: long }] },
  ];
  for (const kind of kinds) {
    const answer = new Answer({ keepText: false });
    answer.add(answerPart({ carries: "output", ...kind }), 1);
    assertEquals(answer.error, null);
    answer.add(answerPart({ carries: "output", ...kind }), 2);
    assertEquals(answer.error?.code, 502, Object.keys(kind)[0]);
    assertEquals(answer.chunksAfterNs, [1]);
  }
});
