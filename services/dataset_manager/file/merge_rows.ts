import type { Turn } from "../../../common/model/conversation.ts";
import type { LineContent } from "../formats/format.ts";
import type { PromptRecipe } from "../formats/recipe.ts";

/** A conversation as its lines say it. */
export interface RecordedConversation {
  /** null when no line names one. */
  readonly id: string | null;
  readonly opening: readonly Turn[];
  readonly turns: readonly RecordedTurn[];
}

/** A turn, and how its text is made up; null: it has its text. */
export interface RecordedTurn {
  readonly turn: Turn;
  readonly prompt: PromptRecipe | null;
}

/** Puts together the lines of a conversation; there must be one. */
export function mergeRows(rows: readonly LineContent[]): RecordedConversation {
  const { id, opening } = rows[0]!;
  const turns = rows.flatMap((row) =>
    row.turns.map((turn, i) => ({ turn, prompt: row.prompts?.[i] ?? null }))
  );
  return { id, opening, turns: withTools(turns) };
}

/** Where only what is new is said, tools are declared once and hold until others are. */
function withTools(turns: readonly RecordedTurn[]): RecordedTurn[] {
  let tools: unknown = null;
  return turns.map((recorded) => {
    const { turn } = recorded;
    if (turn.messages === null || turn.isStandalone) return recorded;
    tools = turn.extra?.["tools"] ?? tools;
    if (tools === null || turn.extra?.["tools"] !== undefined) return recorded;
    return { ...recorded, turn: { ...turn, extra: { tools, ...turn.extra } } };
  });
}
