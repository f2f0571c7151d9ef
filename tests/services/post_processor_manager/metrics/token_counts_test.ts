import { assertEquals } from "@std/assert";
import {
  countTokens,
  needsTokenizer,
  type TokenCountSource,
} from "../../../../services/post_processor_manager/metrics/token_counts.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { reportOn, scalarIn, valuesOf } from "../../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";

const NONE = { output: null, reasoning: null, total: null };
const USAGE = {
  promptTokens: 30,
  completionTokens: 9,
  totalTokens: 39,
  reasoningTokens: 4,
  cachedPromptTokens: null,
};
const TEXT = { output: "one two three", reasoning: "hm hm" };

function count(change: Partial<RequestRecord>, source: TokenCountSource) {
  return countTokens(recordOf({ inputTokens: 20, ...change }), source, () => ({
    count: (text) => text.split(" ").length,
  }));
}

function countWithoutTokenizer(record: RequestRecord, source: TokenCountSource) {
  return countTokens(record, source, () => {
    throw new Error("asked for the tokenizer");
  });
}

Deno.test("countTokens takes the server's usage in auto, and the tokenizer's count without it", () => {
  const server = { output: 5, reasoning: 4, total: 9, input: 20, client: NONE };
  // Output comes first, so the reasoning is not sent; five chunks hold the five tokens.
  const chunks = { streamed: 5, firstChunk: 1 };
  assertEquals(count({ usage: USAGE, text: TEXT }, "auto"), { ...server, ...chunks });
  const client = { output: 3, reasoning: 2, total: 5 };
  const sent = { streamed: 3, firstChunk: 1 };
  assertEquals(count({ usage: null, text: TEXT }, "auto"), {
    ...client,
    ...sent,
    input: 20,
    client,
  });
  for (const completionTokens of [null, 0]) {
    const noCompletion = { ...USAGE, completionTokens };
    assertEquals(count({ usage: noCompletion, text: TEXT }, "auto"), {
      ...client,
      ...sent,
      input: 20,
      client,
    });
  }
});

Deno.test("countTokens keeps both counts where the tokenizer is asked for", () => {
  const client = { output: 3, reasoning: 2, total: 5 };
  assertEquals(count({ usage: USAGE, text: TEXT }, "client"), {
    ...client,
    streamed: 3,
    firstChunk: 1,
    input: 20,
    client,
  });
});

Deno.test("countTokens takes nothing but the usage from the server", () => {
  const record = { output: 5, reasoning: 4, total: 9, input: 30, client: NONE };
  const chunks = { streamed: 5, firstChunk: 1 };
  assertEquals(count({ usage: USAGE, text: TEXT }, "server"), { ...record, ...chunks });
  assertEquals(count({ usage: null, text: TEXT }, "server"), {
    ...NONE,
    input: null,
    streamed: null,
    firstChunk: null,
    client: NONE,
  });
});

/** Nine tokens, two chunks: two of the tokens in the first one, say the words of its text. */
const BUNDLED = {
  usage: { ...USAGE, reasoningTokens: null },
  chunksAfterNs: [100, 200],
  firstChunk: { text: "one two" },
};

Deno.test("countTokens finds the tokens of the first chunk in one of four ways", () => {
  const cases: [string, Partial<RequestRecord>, TokenCountSource, number | null][] = [
    ["all came at once", { ...BUNDLED, chunksAfterNs: [100, 100] }, "server", 9],
    ["the server counted", { ...BUNDLED, firstChunk: { tokens: 4 } }, "server", 4],
    ["the text is counted", BUNDLED, "auto", 2],
    ["nobody is to count", BUNDLED, "server", null],
    [
      "a token a chunk",
      { usage: { ...USAGE, completionTokens: 5, reasoningTokens: null } },
      "auto",
      1,
    ],
    ["no stream", { ...BUNDLED, streaming: false }, "auto", null],
  ];
  for (const [name, change, source, tokens] of cases) {
    assertEquals(count(change, source).firstChunk, tokens, name);
  }
});

Deno.test("countTokens asks for the tokenizer where the first chunk needs it, and says so", () => {
  const record = recordOf(BUNDLED);
  assertEquals(needsTokenizer(record, "auto"), true);
  assertEquals(needsTokenizer(record, "server"), false);
  countWithoutTokenizer(record, "server");
  assertEquals(countTokens(record, "auto", () => null).firstChunk, null);
});

Deno.test("countTokens takes a missing reasoning count for no reasoning", () => {
  const usage = { ...USAGE, reasoningTokens: null };
  const tokens = count({ usage }, "server");
  assertEquals([tokens.output, tokens.reasoning, tokens.total], [9, null, 9]);
});

Deno.test("countTokens never makes output tokens negative", () => {
  assertEquals(count({ usage: { ...USAGE, reasoningTokens: 12 } }, "server").output, 0);
});

Deno.test("countTokens counts a text without reasoning, reasoning without text, and neither", () => {
  const onlyOutput = count({ usage: null, text: { ...TEXT, reasoning: "" } }, "client");
  assertEquals([onlyOutput.output, onlyOutput.reasoning, onlyOutput.total], [3, null, 3]);
  const onlyReasoning = count({ usage: null, text: { ...TEXT, output: "" } }, "client");
  assertEquals([onlyReasoning.output, onlyReasoning.reasoning, onlyReasoning.total], [0, 2, 2]);
  const neither = count({ usage: null, text: { output: "", reasoning: "" } }, "client");
  assertEquals([neither.output, neither.reasoning, neither.total], [null, null, null]);
});

Deno.test("needsTokenizer says when countTokens asks for the tokenizer, and only then", () => {
  const records = [
    recordOf({ usage: USAGE, text: null }),
    recordOf({ usage: USAGE, text: TEXT }),
    recordOf({ usage: null, text: TEXT }),
    recordOf({ usage: { ...USAGE, completionTokens: 0 }, text: TEXT }),
    recordOf({ usage: null, text: null }),
    failedRecordOf({ text: TEXT }),
  ];
  const needed: Record<TokenCountSource, boolean[]> = {
    auto: [false, false, true, true, false, false],
    server: [false, false, false, false, false, false],
    client: [false, true, true, true, false, false],
  };
  for (const source of ["auto", "server", "client"] as const) {
    assertEquals(records.map((record) => needsTokenizer(record, source)), needed[source], source);
    for (const record of records) {
      if (!needsTokenizer(record, source)) countWithoutTokenizer(record, source);
    }
  }
});

Deno.test("the difference between the server's counts and ours is in percent of ours", () => {
  const record = recordOf({ usage: USAGE, text: TEXT, inputTokens: 40 });
  const values = valuesOf(record, { tokenCountSource: "client" });
  assertEquals(values["usage_prompt_tokens_diff_pct"], 25); // |30 − 40| / 40
  assertEquals(values["usage_completion_tokens_diff_pct"], 80); // |9 − 5| / 5
  assertEquals(values["usage_reasoning_tokens_diff_pct"], 100); // |4 − 2| / 2
  assertEquals(valuesOf({ ...record, inputTokens: 0 })["usage_prompt_tokens_diff_pct"], undefined);
});

Deno.test("usage_discrepancy_count counts requests that are over 10 % apart, not those at 10 %", () => {
  const at = (promptTokens: number) =>
    recordOf({ inputTokens: 100, usage: { ...USAGE, promptTokens } });
  const report = reportOn([at(100), at(110), at(90), at(111), at(89)]);
  assertEquals(scalarIn(report, "usage_discrepancy_count"), 2);
  assertEquals(
    scalarIn(reportOn([recordOf({ usage: null })]), "usage_discrepancy_count"),
    undefined,
  );
});

Deno.test("osl_mismatch_count allows 5 %, and 50 tokens at most", () => {
  const answer = (completionTokens: number, requestedOutputTokens: number | null) =>
    recordOf({ requestedOutputTokens, usage: { ...USAGE, completionTokens } });
  const within = [answer(95, 100), answer(105, 100), answer(1950, 2000), answer(2050, 2000)];
  assertEquals(scalarIn(reportOn(within), "osl_mismatch_count"), 0);
  const beyond = [answer(94, 100), answer(106, 100), answer(1949, 2000), answer(2051, 2000)];
  assertEquals(scalarIn(reportOn([...within, ...beyond]), "osl_mismatch_count"), 4);
  assertEquals(
    scalarIn(reportOn([answer(5, null), answer(5, 0)]), "osl_mismatch_count"),
    undefined,
  );
});
