import { assertEquals } from "@std/assert";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import {
  chatTokens,
  promptTokens,
} from "../../../services/post_processor_manager/prompt_tokens.ts";

/** Counts words. */
const WORDS = { count: (text: string) => text.split(/\s+/).filter((word) => word !== "").length };

function conversation(change: Partial<Conversation>): Conversation {
  return { index: 0, id: "c", opening: [], turns: [], ...change };
}

Deno.test("a turn is sent with all before it, unless it stands alone", () => {
  const turns = [
    plainTurn(["a b"]),
    plainTurn(["c", "d e"]),
    plainTurn(["f g h i"], { isStandalone: true }),
    plainTurn(["j"]),
  ];
  const opening = [plainTurn(["be kind"], { role: "system" })];
  assertEquals(promptTokens(conversation({ opening, turns }), WORDS), [4, 7, 4, 12]);
});

Deno.test("what was counted where it was made is not counted again", () => {
  const turns = [plainTurn(["a b"], { inputTokens: 50 }), plainTurn(["c"], { inputTokens: 5 })];
  assertEquals(promptTokens(conversation({ turns }), null), [50, 55]);
});

Deno.test("recorded answers are counted where they are sent, and nothing where nothing is", () => {
  const opening = [plainTurn(["be kind"], { role: "system", inputTokens: 2 })];
  const turns = [
    plainTurn(["a b"], { answer: "x y z" }),
    plainTurn(["c"], { answer: "z" }),
    plainTurn(["d"]),
  ];
  const all = conversation({ opening, turns });
  assertEquals(promptTokens({ ...all, history: "dataset" }, WORDS), [4, 8, 10]);
  assertEquals(promptTokens({ ...all, history: "none" }, WORDS), [4, 3, 3]);
  const render = (messages: readonly { role: string; content: unknown }[]) =>
    messages.map(({ content }) => `<m> ${content}`).join(" ");
  assertEquals(chatTokens({ ...all, history: "dataset" }, WORDS, render), [6, 12, 16]);
  assertEquals(chatTokens({ ...all, history: "none" }, WORDS, render), [6, 5, 5]);
});

Deno.test("messages, passages and whole bodies are counted by their texts", () => {
  const turns = [
    plainTurn([], {
      isStandalone: true,
      messages: [
        { role: "system", content: "a b" },
        { role: "user", content: [{ type: "text", text: "c d" }, { type: "image_url" }] },
      ],
    }),
    plainTurn(["q"], { isStandalone: true, passages: ["a b", "c"] }),
    plainTurn([], {
      isStandalone: true,
      body: JSON.stringify({
        model: "m m m",
        messages: [{ role: "user", content: "a b c" }],
        max_tokens: 3,
      }),
    }),
    plainTurn([], { isStandalone: true, body: JSON.stringify({ prompt: ["a", "b c"] }) }),
    plainTurn([], { isStandalone: true, body: "no JSON" }),
  ];
  assertEquals(promptTokens(conversation({ turns }), WORDS), [4, 4, 3, 3, 0]);
});

Deno.test("a chat template's own words are counted, and answers left to those who bring them", () => {
  const render = (messages: readonly { role: string; content: unknown }[]) =>
    `${messages.map(({ role, content }) => `<${role}> ${content} <end>`).join(" ")} <assistant>`;
  const opening = [plainTurn(["be kind"], { role: "system" })];
  const turns = [
    plainTurn(["a b"], { inputTokens: 900 }),
    plainTurn(["c", "d e"]),
    plainTurn(["f"], { isStandalone: true }),
  ];
  assertEquals(chatTokens(conversation({ opening, turns }), WORDS, render), [9, 16, 4]);
  const body = JSON.stringify({ messages: [{ role: "user", content: "a b" }] });
  assertEquals(chatTokens(conversation({ turns: [plainTurn([], { body })] }), WORDS, render), [5]);
});
