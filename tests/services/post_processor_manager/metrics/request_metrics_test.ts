import { assertAlmostEquals, assertEquals } from "@std/assert";
import { valuesOf } from "../../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";

const MS = 1e6;

/** 4 chunks at 100, 130, 130 and 190 ms; the second is the first after reasoning; 7 tokens. */
const ANSWER = recordOf({
  dueNs: 990 * MS,
  issuedNs: 994 * MS,
  receivedNs: 999 * MS,
  sentNs: 1000 * MS,
  headersAfterNs: 40 * MS,
  chunksAfterNs: [100 * MS, 130 * MS, 130 * MS, 190 * MS],
  firstOutputChunk: 1,
  firstChunk: { tokens: 2 },
  endAfterNs: 200 * MS,
  inputTokens: 50,
  requestedOutputTokens: 10,
  usage: {
    promptTokens: 60,
    completionTokens: 7,
    totalTokens: 67,
    reasoningTokens: 2,
    cachedPromptTokens: 16,
  },
});

Deno.test("every metric of a streamed answer has the value worked out by hand", () => {
  const values = valuesOf(ANSWER);
  const { output_token_throughput_per_user: perUser, e2e_output_token_throughput: endToEnd } =
    values;
  assertAlmostEquals(perUser as number, 66.666666667, 1e-8); // 1 / 15 ms
  assertAlmostEquals(endToEnd as number, 36.842105263, 1e-8); // 7 / 190 ms
  assertEquals(values, {
    time_to_first_token: 100,
    time_to_second_token: 30,
    time_to_first_output_token: 130,
    request_latency: 190,
    decode_duration: 90,
    inter_token_latency: 15, // 90 / (7 − 1)
    inter_chunk_latency: [30, 0, 60],
    tokens_per_chunk: 1.75, // 7 / 4
    first_chunk_tokens: 2,
    largest_stall: 60,
    chunk_adjusted_inter_token_latency: 18, // 90 / (7 − 2)
    output_token_throughput_per_user: perUser,
    e2e_output_token_throughput: endToEnd,
    prefill_throughput_per_user: 500, // 50 / 0.1
    prefill_throughput: 500,
    stream_setup_latency: 40,
    stream_prefill_latency: 60,
    time_to_first_token_from_schedule: 110,
    time_to_first_output_token_from_schedule: 140,
    request_latency_from_schedule: 200,
    schedule_lateness: 10,
    schedule_lateness_issue: 4,
    schedule_lateness_hand_over: 5,
    credit_drop_latency: 1,
    output_sequence_length: 7,
    input_sequence_length: 50,
    output_token_count: 5,
    reasoning_token_count: 2,
    thinking_efficiency: 0.4,
    osl_mismatch_diff_pct: -30,
    usage_prompt_tokens: 60,
    usage_completion_tokens: 7,
    usage_total_tokens: 67,
    usage_reasoning_tokens: 2,
    usage_prompt_cache_read_tokens: 16,
    usage_prompt_tokens_diff_pct: 20,
  });
});

Deno.test("an answer that is not streamed has no metric of a stream", () => {
  const values = valuesOf({
    ...ANSWER,
    streaming: false,
    chunksAfterNs: [200 * MS],
    firstOutputChunk: 0,
  });
  assertEquals(Object.keys(values).sort(), [
    "credit_drop_latency",
    "e2e_output_token_throughput",
    "input_sequence_length",
    "osl_mismatch_diff_pct",
    "output_sequence_length",
    "output_token_count",
    "reasoning_token_count",
    "request_latency",
    "request_latency_from_schedule",
    "schedule_lateness",
    "schedule_lateness_hand_over",
    "schedule_lateness_issue",
    "thinking_efficiency",
    "usage_completion_tokens",
    "usage_prompt_cache_read_tokens",
    "usage_prompt_tokens",
    "usage_prompt_tokens_diff_pct",
    "usage_reasoning_tokens",
    "usage_total_tokens",
  ]);
  assertEquals(values["request_latency"], 200);
  assertEquals(values["e2e_output_token_throughput"], 35);
});

Deno.test("an answer of one token has no latency between tokens or chunks", () => {
  const usage = { ...ANSWER.usage!, completionTokens: 1, reasoningTokens: null };
  const values = valuesOf({ ...ANSWER, chunksAfterNs: [100 * MS], firstOutputChunk: 0, usage });
  assertEquals(values["time_to_first_token"], 100);
  assertEquals(values["request_latency"], 100);
  assertEquals(values["decode_duration"], 0);
  for (
    const tag of [
      "time_to_second_token",
      "inter_token_latency",
      "inter_chunk_latency",
      "output_token_throughput_per_user",
    ]
  ) assertEquals(values[tag], undefined, tag);
});

Deno.test("one token in several chunks still has no inter token latency", () => {
  const usage = { ...ANSWER.usage!, completionTokens: 1, reasoningTokens: null };
  const values = valuesOf({ ...ANSWER, usage });
  assertEquals(values["inter_token_latency"], undefined);
  assertEquals(values["inter_chunk_latency"], [30, 0, 60]);
});

Deno.test("chunks of one network read are 0 apart and make no infinite rate", () => {
  const values = valuesOf({ ...ANSWER, chunksAfterNs: Array<number>(4).fill(100 * MS) });
  assertEquals(values["inter_chunk_latency"], [0, 0, 0]);
  assertEquals(values["time_to_second_token"], 0);
  assertEquals(values["inter_token_latency"], 0);
  assertEquals(values["output_token_throughput_per_user"], undefined);
});

Deno.test("a first chunk at 0 makes no infinite rate either", () => {
  const values = valuesOf({ ...ANSWER, chunksAfterNs: [0] });
  assertEquals(values["time_to_first_token"], 0);
  assertEquals(values["prefill_throughput_per_user"], undefined);
  assertEquals(values["e2e_output_token_throughput"], undefined);
});

Deno.test("a success without content has neither latency nor first token", () => {
  const values = valuesOf({ ...ANSWER, chunksAfterNs: [], firstOutputChunk: null });
  assertEquals(values["request_latency"], undefined);
  assertEquals(values["time_to_first_token"], undefined);
  assertEquals(values["e2e_output_token_throughput"], undefined);
  assertEquals(values["output_sequence_length"], 7);
});

Deno.test("the parts of a request's lateness add up to the whole", () => {
  const values = valuesOf({ ...ANSWER, dueNs: 1, issuedNs: 3, receivedNs: 70, sentNs: 1001 });
  const part = (tag: string) => values[tag] as number;
  assertAlmostEquals(
    part("schedule_lateness_issue") + part("schedule_lateness_hand_over") +
      part("credit_drop_latency"),
    part("schedule_lateness"),
    1e-12,
  );
});

Deno.test("whatever was ahead of its time, no part of the lateness is negative", () => {
  const table: [issuedNs: number, receivedNs: number, sentNs: number, parts: number[]][] = [
    [80, 90, 103, [0, 0, 3]],
    [80, 104, 109, [0, 4, 5]],
    [102, 104, 109, [2, 2, 5]],
    [100, 100, 100, [0, 0, 0]],
  ];
  for (const [issuedNs, receivedNs, sentNs, parts] of table) {
    const values = valuesOf({ ...ANSWER, dueNs: 100, issuedNs, receivedNs, sentNs });
    const found = ["schedule_lateness_issue", "schedule_lateness_hand_over", "credit_drop_latency"]
      .map((tag) => Math.round(values[tag] as number * MS));
    assertEquals(found, parts);
    assertEquals(Math.round(values["schedule_lateness"] as number * MS), sentNs - 100);
  }
});

Deno.test("latencies from the schedule show a stall that those from the sending hide", () => {
  const held = valuesOf({ ...ANSWER, dueNs: 0, issuedNs: 999 * MS });
  assertEquals(held["time_to_first_token"], 100);
  assertEquals(held["time_to_first_token_from_schedule"], 1100);
  assertEquals(held["request_latency_from_schedule"], 1190);
});

Deno.test("an answer of nothing but reasoning has no first output token", () => {
  const values = valuesOf({ ...ANSWER, firstOutputChunk: null });
  assertEquals(values["time_to_first_output_token"], undefined);
  assertEquals(values["time_to_first_output_token_from_schedule"], undefined);
  assertEquals(values["time_to_first_token"], 100);
});

Deno.test("a request that did not succeed has nothing but the length of its prompt", () => {
  const partial = { chunksAfterNs: [10 * MS, 20 * MS], inputTokens: 33 };
  for (const outcome of ["error", "cancelled", "lost"] as const) {
    assertEquals(valuesOf(failedRecordOf({ ...partial, outcome })), { error_isl: 33 }, outcome);
  }
});

Deno.test("without usage and without text the tokens of an answer are unknown", () => {
  const values = valuesOf({ ...ANSWER, usage: null });
  assertEquals(Object.keys(values).sort(), [
    "credit_drop_latency",
    "decode_duration",
    "input_sequence_length",
    "inter_chunk_latency",
    "largest_stall",
    "prefill_throughput",
    "prefill_throughput_per_user",
    "request_latency",
    "request_latency_from_schedule",
    "schedule_lateness",
    "schedule_lateness_hand_over",
    "schedule_lateness_issue",
    "stream_prefill_latency",
    "stream_setup_latency",
    "time_to_first_output_token",
    "time_to_first_output_token_from_schedule",
    "time_to_first_token",
    "time_to_first_token_from_schedule",
    "time_to_second_token",
  ]);
});

Deno.test("values near the limits of exact integers come out exact", () => {
  const hourNs = 3600e9;
  const values = valuesOf({ ...ANSWER, chunksAfterNs: [hourNs, 2400 * hourNs + 1] });
  assertEquals(values["request_latency"], (2400 * hourNs + 1) / 1e6);
  assertEquals(values["decode_duration"], (2399 * hourNs + 1) / 1e6);
});
