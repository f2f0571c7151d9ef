import { assertEquals } from "@std/assert";
import { type Conversation, plainTurn, type Turn } from "../../../common/model/conversation.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import {
  InputTokens,
  type InputTokensOptions,
} from "../../../services/post_processor_manager/input_tokens.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";

function turnOf(text: string, inputTokens: number | null = null): Turn {
  return plainTurn([text], { inputTokens });
}

/** Counts words. */
const COUNTER = { count: (text: string) => text.split(" ").length };

interface Counted {
  inputs: InputTokens;
  fetched: number[];
  warnings: unknown[];
}

function inputsOf(
  conversation: Partial<Conversation>,
  change: Partial<InputTokensOptions> = {},
): Counted {
  const fetched: number[] = [];
  const warnings: unknown[] = [];
  const inputs = new InputTokens({
    source: "auto",
    isSent: true,
    fetch: (index) => {
      fetched.push(index);
      return Promise.resolve({ index, id: "c", opening: [], turns: [], ...conversation });
    },
    loadTokenizer: () => Promise.resolve(COUNTER),
    tokenizer: () => COUNTER,
    warn: (error) => warnings.push(error),
    ...change,
  });
  return { inputs, fetched, warnings };
}

function answered(completionTokens: number, change: Partial<RequestRecord>): RequestRecord {
  const usage = { ...recordOf().usage!, completionTokens };
  return recordOf({ isLastTurn: false, usage, ...change });
}

Deno.test("texts that are not sent are not counted", async () => {
  const { inputs, fetched } = inputsOf({ turns: [plainTurn(["one two"])] }, { isSent: false });
  const record = recordOf({ inputTokens: null });
  assertEquals(await inputs.complete(record), record);
  assertEquals(fetched, []);
});

Deno.test("a request of one turn whose tokens are known is left as it is", () => {
  const record = recordOf();
  assertEquals(inputsOf({}).inputs.complete(record) === record, true);
});

Deno.test("the input of a turn is that of the turn before, its answer, and the turn itself", () => {
  const { inputs } = inputsOf({});
  const turns = [
    answered(7, { turnIndex: 0, inputTokens: 10 }),
    answered(3, { turnIndex: 1, inputTokens: 14 }),
    answered(9, { turnIndex: 2, inputTokens: 20, isLastTurn: true }),
  ];
  const counts = turns.map((turn) => (inputs.complete(turn) as RequestRecord).inputTokens);
  assertEquals(counts, [10, 14 + 7, 20 + 7 + 3]);
  assertEquals(inputs.openSessions, 0);
});

Deno.test("reasoning is no part of the input of the next turn", () => {
  const { inputs } = inputsOf({});
  const usage = { ...recordOf().usage!, completionTokens: 12, reasoningTokens: 8 };
  inputs.complete(recordOf({ isLastTurn: false, usage }));
  const next = recordOf({ turnIndex: 1, inputTokens: 30 });
  assertEquals((inputs.complete(next) as RequestRecord).inputTokens, 34);
});

Deno.test("an answer that the server did not count is counted here", () => {
  const { inputs } = inputsOf({});
  const text = { output: "four words of answer", reasoning: "never mind these" };
  inputs.complete(recordOf({ isLastTurn: false, usage: null, text }));
  const next = recordOf({ turnIndex: 1, inputTokens: 30 });
  assertEquals((inputs.complete(next) as RequestRecord).inputTokens, 34);
});

Deno.test("sessions do not mix, and one that failed is forgotten", () => {
  const { inputs } = inputsOf({});
  const complete = (record: RequestRecord) =>
    (inputs.complete(record) as RequestRecord).inputTokens;
  complete(answered(7, { correlationId: "a" }));
  complete(answered(5, { correlationId: "b" }));
  assertEquals(complete(recordOf({ correlationId: "b", turnIndex: 1, inputTokens: 20 })), 25);
  const failed = failedRecordOf({ correlationId: "a", turnIndex: 1, inputTokens: 20 });
  assertEquals(complete({ ...failed, isLastTurn: false }), 27);
  assertEquals(inputs.openSessions, 0);
});

Deno.test("texts of a file are counted up to the turn, once for each conversation", async () => {
  const { inputs, fetched } = inputsOf({
    opening: [turnOf("be brief")],
    turns: [turnOf("one"), { ...turnOf("a b c"), texts: ["a b c", "d"] }],
  });
  const record = (turnIndex: number, correlationId: string) =>
    answered(5, { turnIndex, correlationId, inputTokens: null, isLastTurn: turnIndex === 1 });
  const counts: (number | null)[] = [];
  for (const session of ["x", "y"]) {
    for (const turn of [0, 1]) {
      counts.push((await inputs.complete(record(turn, session))).inputTokens);
    }
  }
  assertEquals(counts, [3, 7 + 5, 3, 7 + 5]);
  assertEquals(fetched, [0]);
});

Deno.test("what the data set has counted needs no tokenizer", async () => {
  const { inputs } = inputsOf({ turns: [turnOf("one two", 99)] }, {
    loadTokenizer: () => Promise.reject(new Error("not needed")),
  });
  assertEquals((await inputs.complete(recordOf({ inputTokens: null }))).inputTokens, 99);
});

Deno.test("what cannot be counted stays unknown, with one warning", async () => {
  const { inputs, warnings } = inputsOf({}, { fetch: () => Promise.reject(new Error("gone")) });
  const record = recordOf({ inputTokens: null });
  assertEquals(await inputs.complete(record), record);
  assertEquals(inputs.complete(record), record);
  assertEquals(warnings.map(String), ["Error: gone"]);
});

Deno.test("where the server counts, nothing is counted", () => {
  const { inputs, fetched } = inputsOf({}, { source: "server" });
  const record = recordOf({ inputTokens: null, isLastTurn: false });
  assertEquals(inputs.complete(record), record);
  assertEquals([fetched, inputs.openSessions], [[], 0]);
});

Deno.test("a turn that stands alone has no answers in its input", () => {
  const { inputs } = inputsOf({});
  inputs.complete(answered(7, { inputTokens: 10 }));
  const alone = answered(3, { turnIndex: 1, inputTokens: 14, isStandalone: true });
  assertEquals((inputs.complete(alone) as RequestRecord).inputTokens, 14);
  const last = answered(9, { turnIndex: 2, inputTokens: 20, isLastTurn: true });
  assertEquals((inputs.complete(last) as RequestRecord).inputTokens, 20 + 7 + 3);
});

Deno.test("with a chat template every prompt is counted anew, and not at all if that fails", async () => {
  const render = (messages: readonly { content: unknown }[]) =>
    `begin ${messages.map(({ content }) => content).join(" end ")} answer`;
  const turns = [turnOf("a b", 2), turnOf("c", 1)];
  const { inputs } = inputsOf({ turns }, { loadChatTemplate: () => Promise.resolve(render) });
  const first = await inputs.complete(answered(7, { inputTokens: 2 }));
  const second = await inputs.complete(
    answered(3, { turnIndex: 1, inputTokens: 3, isLastTurn: true }),
  );
  assertEquals([first.inputTokens, second.inputTokens], [4, 8 + 7]);
  const broken = inputsOf({ turns }, { loadChatTemplate: () => Promise.reject(new Error("bad")) });
  for (const _again of [1, 2]) {
    const record = recordOf({ inputTokens: 2 });
    assertEquals((await broken.inputs.complete(record)).inputTokens, null);
  }
  assertEquals(broken.warnings.map(String), ["Error: bad"]);
});
