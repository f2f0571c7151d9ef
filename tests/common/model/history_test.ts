import { assertEquals } from "@std/assert";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import { sentTurns } from "../../../common/model/history.ts";

const CONVERSATION: Conversation = {
  index: 0,
  id: "c",
  opening: [plainTurn(["be brief"], { role: "system" })],
  turns: [
    plainTurn(["one"], { answer: "first" }),
    plainTurn(["two"], { answer: "second" }),
    plainTurn(["three"]),
  ],
};

/** What is said, with its role where it is not the user's. */
function said(change: Partial<Conversation>, turnIndex: number, answers: string[] | null) {
  return sentTurns({ ...CONVERSATION, ...change }, turnIndex, answers)
    .map(({ role, texts }) => role === "user" ? texts[0] : `${role}: ${texts[0]}`);
}

Deno.test("a turn is sent with the turns before it and the session's own answers", () => {
  assertEquals(said({}, 2, ["A", "B"]), [
    "system: be brief",
    "one",
    "assistant: A",
    "two",
    "assistant: B",
    "three",
  ]);
  assertEquals(said({}, 2, null), ["system: be brief", "one", "two", "three"]);
});

Deno.test("recorded answers take the place of the session's own", () => {
  assertEquals(said({ history: "dataset" }, 2, ["A", "B"]), [
    "system: be brief",
    "one",
    "assistant: first",
    "two",
    "assistant: second",
    "three",
  ]);
});

Deno.test("without a history a turn has only what opens the conversation", () => {
  assertEquals(said({ history: "none" }, 2, ["A", "B"]), ["system: be brief", "three"]);
});

Deno.test("a turn that stands alone is alone, and there is nothing after the last one", () => {
  const turns = [CONVERSATION.turns[0]!, plainTurn(["all"], { isStandalone: true })];
  assertEquals(said({ turns }, 1, ["A"]), ["all"]);
  assertEquals(said({}, 3, null), []);
});
