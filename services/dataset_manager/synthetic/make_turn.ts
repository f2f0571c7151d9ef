import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import type { RankingPlan } from "../../../common/model/synthetic_plan.ts";
import { deriveRandom, randomInt } from "../../../common/runtime/random.ts";
import { drawLength, drawOutputTokens, type Normal, streamOf } from "../draw.ts";
import { lengthsOf } from "./lengths.ts";
import type { MediaMaker } from "./media.ts";
import type { TextRequest, TextWriter } from "./text_writer.ts";

/** A turn to be made up. */
export interface TurnRequest {
  /** Position of its conversation in the data set. */
  readonly index: number;
  readonly turnIndex: number;
  readonly delayMs: number | null;
  readonly writer: TextWriter;
  readonly media: MediaMaker;
}

/** What every request of a conversation begins with: the system prompt and the user's context. */
export function makeOpening(
  { synthetic: { systemTokens, contextTokens, rankings } }: DatasetPlan,
  index: number,
  writer: TextWriter,
): Turn[] {
  const message = (role: string, stream: string, tokens: number) =>
    tokens === 0
      ? []
      : [plainTurn([writer.write([{ stream, tokens }])], { role, inputTokens: tokens })];
  if (rankings !== null) return [];
  return [
    ...message("system", "dataset.system", systemTokens),
    ...message("user", `dataset.context.${index}`, contextTokens),
  ];
}

/** Makes up a turn. The prefix of a conversation, where there is one, comes before its own tokens. */
export function makeTurn(plan: DatasetPlan, request: TurnRequest): Turn {
  const { rankings } = plan.synthetic;
  if (rankings !== null) return makeRanking(plan, rankings, request);
  const { index, turnIndex, delayMs, writer, media } = request;
  const { seed, synthetic } = plan;
  const { isl, osl } = lengthsOf(plan, index);
  const prefix = turnIndex === 0 ? prefixOf(plan, index) : [];
  let inputTokens = 0;
  const texts = Array.from({ length: synthetic.textsPerTurn }, (_, number) => {
    const stream = (purpose: string) => partStream(streamOf(purpose, index, turnIndex), number);
    const tokens = drawLength(seed, stream("isl"), isl);
    const parts = [...prefix, { stream: stream("text"), tokens }];
    for (const part of parts) inputTokens += part.tokens;
    return writer.write(parts);
  });
  return plainTurn(texts, {
    media: media.make(streamOf("media", index, turnIndex)),
    inputTokens,
    outputTokens: drawOutputTokens({ seed, osl }, index, turnIndex),
    delayMs,
  });
}

/** Makes up a query and the passages that are to be put in order for it. */
function makeRanking(
  { seed, osl }: DatasetPlan,
  plan: RankingPlan,
  { index, turnIndex, delayMs, writer }: TurnRequest,
): Turn {
  let inputTokens = 0;
  const write = (purpose: string, number: number, length: Normal): string => {
    const stream = (name: string) =>
      partStream(streamOf(`${purpose}.${name}`, index, turnIndex), number);
    const tokens = drawLength(seed, stream("isl"), length);
    inputTokens += tokens;
    return writer.write([{ stream: stream("text"), tokens }]);
  };
  const query = write("query", 0, plan.queryTokens);
  const count = drawLength(seed, streamOf("passages", index, turnIndex), plan.passages);
  return plainTurn([query], {
    passages: Array.from({ length: count }, (_, i) => write("passage", i, plan.passageTokens)),
    inputTokens,
    outputTokens: drawOutputTokens({ seed, osl }, index, turnIndex),
    delayMs,
  });
}

/** The streams of the first text are those of a turn that has no other. */
function partStream(stream: string, number: number): string {
  return number === 0 ? stream : `${stream}#${number}`;
}

/** The one of the prefixes that a conversation has, or nothing. */
function prefixOf({ seed, synthetic: { prefixes } }: DatasetPlan, index: number): TextRequest[] {
  if (prefixes === null) return [];
  const number = randomInt(deriveRandom(seed, `dataset.prefix.${index}`), prefixes.count);
  return [{ stream: `dataset.prefix_text.${number}`, tokens: prefixes.tokens }];
}
