import { completionCount } from "../../common/model/completion_count.ts";
import type { FirstChunk } from "../../common/model/record.ts";
import type { EndpointPlan } from "../../common/model/run_config.ts";
import type { Answer } from "./answer.ts";

/**
 * What the record of a streamed answer has to say of its first chunk; undefined where nothing: all
 * came at once, each token has a chunk of its own, or nobody is to count.
 */
export function firstChunkOf(
  answer: Answer,
  source: EndpointPlan["tokenCountSource"],
): FirstChunk | undefined {
  const { chunksAfterNs, firstTokens, firstText, usage } = answer;
  if (chunksAfterNs.length === 0 || chunksAfterNs.at(-1) === chunksAfterNs[0]) return undefined;
  if (source !== "client") {
    const tokens = completionCount(usage, true);
    if (tokens !== null && tokens <= chunksAfterNs.length) return undefined;
    if (firstTokens !== null) return { tokens: firstTokens };
  }
  return source === "server" ? undefined : { text: firstText };
}
