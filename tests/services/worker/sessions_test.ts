import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Conversation, plainTurn, type Turn } from "../../../common/model/conversation.ts";
import type { Credit } from "../../../common/model/credit.ts";
import {
  holdsAnswers,
  inputTokensOf,
  messagesOf,
  Sessions,
} from "../../../services/worker/sessions.ts";
import { JOB } from "./sending.ts";

function credit(sessionIndex: number, turnIndex: number, change: Partial<Credit> = {}): Credit {
  return { ...JOB.credit, sessionIndex, turnIndex, isLastTurn: false, ...change };
}

function sessionsOf(forgotten: string[] = []): Sessions {
  let ids = 0;
  return new Sessions({
    newId: () => `id-${ids++}`,
    onForgotten: ({ correlationId }) => forgotten.push(correlationId),
  });
}

function turnOf(text: string, inputTokens: number | null = text.length): Turn {
  return plainTurn([text], { inputTokens });
}

function conversationOf(...texts: string[]): Conversation {
  return { index: 0, id: "c", opening: [], turns: texts.map((text) => turnOf(text)) };
}

Deno.test("all turns of a session share an id and a history, and no other session does", () => {
  const sessions = sessionsOf();
  const first = sessions.of(credit(3, 0));
  first.answers.push("a");
  const other = sessions.of(credit(4, 0));
  assertEquals([first.correlationId, other.correlationId], ["id-0", "id-1"]);
  assertEquals(sessions.of(credit(3, 1)), first);
  assertEquals(sessions.of(credit(4, 1)).answers, []);
});

Deno.test("sessions that a phase has left unfinished are told of when the next one begins", () => {
  const forgotten: string[] = [];
  const sessions = sessionsOf(forgotten);
  for (const i of [0, 1, 2]) sessions.of(credit(i, 0, { phase: "warmup" }));
  sessions.end(credit(1, 1, { phase: "warmup" }));
  assertEquals(forgotten, []);
  sessions.of(credit(0, 0, { phase: "profiling" }));
  assertEquals([forgotten, sessions.size], [["id-0", "id-2"], 1]);
});

Deno.test("a session of one turn is not kept", () => {
  const sessions = sessionsOf();
  for (let i = 0; i < 100; i++) sessions.of(credit(i, 0, { isLastTurn: true }));
  assertEquals(sessions.size, 0);
});

Deno.test("a session that has ended is forgotten, and its number may come again", () => {
  const sessions = sessionsOf();
  sessions.of(credit(3, 0)).answers.push("a");
  sessions.end(credit(3, 1, { isLastTurn: true }));
  assertEquals(sessions.size, 0);
  assertEquals(sessions.of(credit(3, 0)), { correlationId: "id-1", answers: [] });
});

Deno.test("a first turn begins a session even if one of its number was left open", () => {
  const sessions = sessionsOf();
  sessions.of(credit(3, 0)).answers.push("a");
  assertEquals(sessions.of(credit(3, 0)).answers, []);
});

Deno.test("what a phase left open is forgotten when the next begins", () => {
  const sessions = sessionsOf();
  for (let i = 0; i < 5; i++) sessions.of(credit(i, 0, { phase: "warmup" }));
  sessions.of(credit(0, 0));
  assertEquals(sessions.size, 1);
  sessions.end(credit(0, 0, { phase: "warmup" }));
  assertEquals(sessions.size, 1);
});

Deno.test("a request says what opens the conversation, and each turn with its answer", () => {
  const conversation = { ...conversationOf("a", "b", "c"), opening: [turnOf("be brief")] };
  const said = messagesOf(conversation, 2, ["A", "B"]).map(({ role, texts }) => [role, ...texts]);
  assertEquals(said, [
    ["user", "be brief"],
    ["user", "a"],
    ["assistant", "A"],
    ["user", "b"],
    ["assistant", "B"],
    ["user", "c"],
  ]);
  assertEquals(messagesOf(conversation, 0, []).length, 2);
});

Deno.test("without its history a turn is not sent", () => {
  const error = assertThrows(() => messagesOf(conversationOf("a", "b", "c"), 2, ["A"]), Error);
  assertEquals(error.message, "the history of the session is not here: 1 of 2");
});

Deno.test("a turn that is sent without the session's answers does not miss them", () => {
  for (const history of ["none", "dataset"] as const) {
    const conversation = { ...conversationOf("a", "b", "c"), history };
    assertEquals(messagesOf(conversation, 2, []).at(-1)!.texts, ["c"]);
    assertEquals(holdsAnswers(conversation, 2), false);
  }
  assertEquals(holdsAnswers(conversationOf("a", "b"), 1), true);
});

Deno.test("whatever the turn, the request holds every text up to it in order", () => {
  const texts = fc.array(fc.string(), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(texts, fc.nat(), (all, pick) => {
    const turnIndex = pick % all.length;
    const answers = all.slice(0, turnIndex).map((text) => `answer to ${text}`);
    const messages = messagesOf(conversationOf(...all), turnIndex, answers);
    assertEquals(messages.length, 2 * turnIndex + 1);
    messages.forEach(({ role, texts }, i) => {
      assertEquals(role, i % 2 === 0 ? "user" : "assistant");
      assertEquals(texts, [i % 2 === 0 ? all[i / 2] : answers[(i - 1) / 2]]);
    });
  }));
});

Deno.test("the tokens of a request are those of its turns, unless one is not counted", () => {
  const conversation = { ...conversationOf("a", "bb", "ccc"), opening: [turnOf("0123456789")] };
  assertEquals([0, 1, 2].map((turn) => inputTokensOf(conversation, turn)), [11, 13, 16]);
  const uncounted = { ...conversation, turns: [turnOf("a"), turnOf("b", null), turnOf("c")] };
  assertEquals([0, 1, 2].map((turn) => inputTokensOf(uncounted, turn)), [11, null, null]);
  const alone = { ...conversation, history: "none" as const };
  assertEquals([0, 1, 2].map((turn) => inputTokensOf(alone, turn)), [11, 12, 13]);
  const turns = conversation.turns.map((turn) => ({ ...turn, answer: "x" }));
  const recorded = { ...conversation, turns, history: "dataset" as const };
  assertEquals([0, 1, 2].map((turn) => inputTokensOf(recorded, turn)), [11, null, null]);
});
