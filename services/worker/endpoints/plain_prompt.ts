import type { Turn } from "../../../common/model/conversation.ts";
import { stringOf } from "./openai_shapes.ts";

/** The conversation as one text, for APIs that know no turns: each turn's texts, a line apart. */
export function plainPrompt(turns: readonly Turn[]): string {
  return turns.flatMap(textsOf).join("\n");
}

/** The texts of a turn, also where the data set has messages of its own. */
function textsOf({ texts, messages }: Turn): string[] {
  return messages === null ? texts : messages.map(({ content }) => stringOf(content));
}
