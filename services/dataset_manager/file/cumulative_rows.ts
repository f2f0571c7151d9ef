import type { LineContent } from "../formats/format.ts";
import type { BlockId } from "../formats/recipe.ts";

/** So many sessions are watched, the first; a trace that repeats itself shows it soon. */
const MOST_WATCHED = 1_000;

/** What a row said, as far as a later one may repeat it. */
interface RowStart {
  readonly inputTokens: number;
  readonly blocks: readonly BlockId[] | null;
  readonly text: string | null;
}

/**
 * Looks for rows that repeat the rows before of their session.
 *
 * A row is the new turn, to which what was said before is added. Where rows are recorded with all
 * that was sent, everything before would be sent twice.
 */
export class CumulativeRows {
  /** Of each session that is watched. */
  readonly #last = new Map<number, RowStart>();
  #seen = 0;
  #repeating = 0;

  /** Rows that go on with a session, and those of them that repeat the row before. */
  get counts(): { readonly seen: number; readonly repeating: number } {
    return { seen: this.#seen, repeating: this.#repeating };
  }

  /** Whether most rows that go on with a session repeat the row before. */
  get isLikely(): boolean {
    return this.#repeating > 0 && 2 * this.#repeating >= this.#seen;
  }

  /** Takes the rows of a file in order; `session`: the position of the row's session. */
  add({ link, turns, prompts }: LineContent, session: number): void {
    const turn = turns[0]!;
    if (session >= MOST_WATCHED || link === undefined || turn.isStandalone) return;
    const row: RowStart = {
      inputTokens: prompts?.[0]?.inputTokens ?? 0,
      blocks: prompts?.[0]?.blocks ?? null,
      text: turn.messages === null ? turn.texts[0] ?? null : JSON.stringify(turn.messages),
    };
    const before = this.#last.get(session);
    if (before !== undefined) {
      this.#seen++;
      if (repeats(row, before)) this.#repeating++;
    }
    this.#last.set(session, row);
  }
}

/** The last block of a row may be cut off, and have another id when it is full. */
function repeats(row: RowStart, before: RowStart): boolean {
  if (row.text !== null && before.text !== null) {
    return row.text.length > before.text.length &&
      row.text.startsWith(before.text.replace(/\]$/, ""));
  }
  if (row.blocks === null || before.blocks === null) return false;
  if (row.inputTokens <= before.inputTokens) return false;
  const whole = before.blocks.slice(0, -1);
  const compared = whole.length === 0 ? before.blocks : whole;
  return compared.every((id, i) => row.blocks![i] === id);
}
