import type { Turn } from "../../../common/model/conversation.ts";

/** The conversation as one text, for APIs that know no turns: each turn's texts, a line apart. */
export function plainPrompt(turns: readonly Turn[]): string {
  return turns.flatMap(({ texts }) => texts).join("\n");
}
