import type { RequestRecord } from "../../../common/model/record.ts";

/**
 * The numbers of a run computed once more, slowly and from the definitions alone.
 *
 * Shares no code with the program, and works on plain arrays. Differences are taken between whole
 * nanoseconds, as they would lose their digits in seconds.
 */

/** All values of each distribution, and each single number, by tag, in display units. */
export interface Recomputed {
  readonly lists: Record<string, number[]>;
  readonly scalars: Record<string, number>;
}

/** What a request's answer held; times in nanoseconds. */
interface Answer {
  record: RequestRecord;
  sent: number;
  times: number[];
  isl: number;
  osl: number | undefined;
  reasoning: number | undefined;
  /** What the tokenizer says of the text of the first chunk. */
  firstWords: number | undefined;
}

/** Computes everything with the server's counts where it gives them and `countText` elsewhere. */
export function recompute(
  records: readonly RequestRecord[],
  countText: (text: string) => number,
): Recomputed {
  const measured = records.filter((record) => record.phase === "profiling");
  const answers = measured
    .filter((record) => record.outcome === "success")
    .map((record) => answerOf(record, countText));
  const failed = measured.filter(({ outcome }) => outcome === "error" || outcome === "lost");
  const lists = { ...latencies(answers), ...tokens(answers), error_isl: errorIsl(measured) };
  const scalars: Record<string, number> = {
    request_count: answers.length,
    error_request_count: failed.length,
    cancelled_request_count: measured.length - answers.length - failed.length,
    completed_request_count: answers.length + failed.length,
  };
  if (answers.length + failed.length > 0) {
    scalars["request_error_rate"] = 100 * failed.length / (answers.length + failed.length);
  }
  addRates(scalars, answers, lists);
  return { lists, scalars };
}

function answerOf(record: RequestRecord, countText: (text: string) => number): Answer {
  const { usage, text } = record;
  // A server that says 0 tokens of an answer with content has not counted it.
  const isVoid = usage?.completionTokens === 0 && record.chunksAfterNs.length > 0;
  let osl = isVoid ? undefined : usage?.completionTokens ?? undefined;
  let reasoning = osl === undefined ? undefined : usage?.reasoningTokens ?? undefined;
  if (osl === undefined && text !== null && text.output + text.reasoning !== "") {
    reasoning = text.reasoning === "" ? undefined : countText(text.reasoning);
    osl = (text.output === "" ? 0 : countText(text.output)) + (reasoning ?? 0);
  }
  const times = record.chunksAfterNs;
  const { firstChunk } = record;
  const hasText = firstChunk !== undefined && "text" in firstChunk;
  const firstWords = hasText ? countText(firstChunk.text) : undefined;
  return {
    record,
    sent: record.sentNs!,
    times,
    isl: record.inputTokens!,
    osl,
    reasoning,
    firstWords,
  };
}

function latencies(answers: Answer[]): Record<string, number[]> {
  const withContent = answers.filter(({ times }) => times.length > 0);
  const streams = withContent.filter(({ record }) => record.streaming);
  const long = streams.filter(({ osl }) => osl !== undefined && osl >= 2);
  const firstOutput = streams.filter(({ record }) => record.firstOutputChunk !== null);
  return {
    time_to_first_token: streams.map(({ times }) => times[0]! / 1e6),
    time_to_second_token: streams.filter(({ times }) => times.length > 1)
      .map(({ times }) => (times[1]! - times[0]!) / 1e6),
    time_to_first_output_token: firstOutput
      .map(({ times, record }) => times[record.firstOutputChunk!]! / 1e6),
    request_latency: withContent.map(({ times }) => times.at(-1)! / 1e6),
    decode_duration: streams.map((answer) => decodeOf(answer) / 1e6),
    inter_token_latency: long.map((answer) => decodeOf(answer) / 1e6 / (answer.osl! - 1)),
    inter_chunk_latency: streams.flatMap(({ times }) =>
      times.slice(1).map((time, i) => (time - times[i]!) / 1e6)
    ),
    ...chunks(streams),
    output_token_throughput_per_user: long
      .filter((answer) => decodeOf(answer) > 0)
      .map((answer) => (answer.osl! - 1) / (decodeOf(answer) / 1e9)),
    e2e_output_token_throughput: withContent
      .filter(({ osl, times }) => osl !== undefined && times.at(-1)! > 0)
      .map(({ osl, times }) => osl! / (times.at(-1)! / 1e9)),
    time_to_first_token_from_schedule: streams
      .map(({ sent, times, record }) => (sent + times[0]! - record.dueNs) / 1e6),
    time_to_first_output_token_from_schedule: firstOutput
      .map(({ sent, times, record }) =>
        (sent + times[record.firstOutputChunk!]! - record.dueNs) / 1e6
      ),
    request_latency_from_schedule: withContent
      .map(({ sent, times, record }) => (sent + times.at(-1)! - record.dueNs) / 1e6),
    schedule_lateness: answers.map(({ sent, record }) => (sent - record.dueNs) / 1e6),
    prefill_throughput_per_user: prefillRates(streams),
    prefill_throughput: prefillRates(streams),
  };
}

/** All at once, the server's count, a token in each chunk, or the count of the text. */
function chunks(streams: readonly Answer[]): Record<string, number[]> {
  const sent = streams.filter(({ osl }) => osl !== undefined).map((answer) => {
    const { record: { firstOutputChunk, firstChunk }, times, osl, reasoning, firstWords } = answer;
    const hidden = firstOutputChunk === 0 ? reasoning ?? 0 : 0;
    const tokens = Math.max(0, osl! - hidden);
    const atFirst = times.filter((time) => time === times[0]).length;
    let first: number | undefined = firstWords;
    if (tokens <= times.length) first = atFirst;
    if (firstChunk !== undefined && "tokens" in firstChunk) first = firstChunk.tokens;
    if (atFirst === times.length) first = tokens;
    first = first === undefined ? undefined : Math.min(first, tokens);
    return { answer, tokens, first, chunks: times.length };
  });
  return {
    tokens_per_chunk: sent.map(({ tokens, chunks }) => tokens / chunks),
    first_chunk_tokens: sent.flatMap(({ first }) => first ?? []),
    largest_stall: streams.filter(({ times }) => times.length > 1)
      .map(({ times }) => Math.max(...times.slice(1).map((time, i) => time - times[i]!)) / 1e6),
    chunk_adjusted_inter_token_latency: sent
      .filter(({ first, tokens }) => first !== undefined && tokens > first)
      .map(({ answer, first, tokens }) => decodeOf(answer) / 1e6 / (tokens - first!)),
  };
}

function prefillRates(streams: readonly Answer[]): number[] {
  return streams.filter(({ times }) => times[0]! > 0).map(({ isl, times }) =>
    isl / (times[0]! / 1e9)
  );
}

function decodeOf({ times }: Answer): number {
  return times.at(-1)! - times[0]!;
}

function tokens(answers: Answer[]): Record<string, number[]> {
  const counted = answers.filter(({ osl }) => osl !== undefined);
  const asked = counted.filter(({ record }) => (record.requestedOutputTokens ?? 0) > 0);
  const usages = answers.flatMap(({ record }) => record.usage ?? []);
  return {
    output_sequence_length: counted.map(({ osl }) => osl!),
    input_sequence_length: answers.map(({ isl }) => isl),
    output_token_count: counted.map(({ osl, reasoning }) => Math.max(0, osl! - (reasoning ?? 0))),
    reasoning_token_count: answers.flatMap(({ reasoning }) => reasoning ?? []),
    osl_mismatch_diff_pct: asked.map(({ osl, record }) =>
      100 * (osl! / record.requestedOutputTokens! - 1)
    ),
    usage_prompt_tokens: usages.flatMap(({ promptTokens }) => promptTokens ?? []),
    usage_completion_tokens: usages.flatMap(({ completionTokens }) => completionTokens ?? []),
    usage_prompt_tokens_diff_pct: answers
      .filter(({ record, isl }) => typeof record.usage?.promptTokens === "number" && isl > 0)
      .map(({ record, isl }) => 100 * Math.abs(record.usage!.promptTokens! / isl - 1)),
  };
}

function errorIsl(measured: readonly RequestRecord[]): number[] {
  return measured
    .filter(({ outcome }) => outcome !== "success")
    .flatMap(({ inputTokens }) => inputTokens ?? []);
}

function addRates(
  scalars: Record<string, number>,
  answers: Answer[],
  lists: Record<string, number[]>,
): void {
  const total = (tag: string) => lists[tag]!.reduce((sum, value) => sum + value, 0);
  for (
    const [name, tag] of [
      ["total_isl", "input_sequence_length"],
      ["total_osl", "output_sequence_length"],
      ["total_output_tokens", "output_token_count"],
      ["total_reasoning_tokens", "reasoning_token_count"],
      ["total_error_isl", "error_isl"],
    ] as const
  ) if (lists[tag]!.length > 0) scalars[name] = total(tag);
  const mismatches = lists["osl_mismatch_diff_pct"]!;
  if (mismatches.length > 0) scalars["osl_mismatch_count"] = countMismatches(answers);
  const ends = answers.filter(({ times }) => times.length > 0)
    .map(({ sent, times }) => sent + times.at(-1)!);
  if (ends.length === 0) return;
  const duration = (Math.max(...ends) - Math.min(...answers.map(({ sent }) => sent))) / 1e9;
  scalars["benchmark_duration"] = duration;
  if (duration === 0) return;
  scalars["request_throughput"] = answers.length / duration;
  if (scalars["total_osl"] === undefined) return;
  scalars["output_token_throughput"] = scalars["total_osl"] / duration;
  scalars["total_token_throughput"] = (scalars["total_osl"] + total("input_sequence_length")) /
    duration;
}

function countMismatches(answers: Answer[]): number {
  return answers.filter(({ osl, record: { requestedOutputTokens: asked } }) => {
    if (osl === undefined || asked === null || asked === 0) return false;
    const away = osl > asked ? osl - asked : asked - osl;
    return away > 50 || away / asked > 0.05;
  }).length;
}

/** The statistics of a list in the order of the definitions, with no care for speed. */
export function statisticsOf(values: readonly number[]): Record<string, number> {
  const ascending = [...values].sort((a, b) => a - b);
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value / count, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0);
  const stats: Record<string, number> = {
    avg: mean,
    min: ascending[0]!,
    max: ascending[count - 1]!,
    std: Math.sqrt(variance),
    count,
    sum: values.reduce((sum, value) => sum + value, 0),
  };
  for (const percent of [1, 5, 10, 25, 50, 75, 90, 95, 99]) {
    const rank = (count - 1) * percent;
    const weight = (rank % 100) / 100;
    const index = (rank - rank % 100) / 100;
    stats[`p${percent}`] = ascending[index]! * (1 - weight) +
      (ascending[index + 1] ?? ascending[index]!) * weight;
  }
  return stats;
}
