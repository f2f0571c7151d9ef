import type { PublicEntry } from "./public_set.ts";

/** Prompts and answers with fewer tokens say nothing … */
const LEAST_TOKENS = 4;
/** … and longer ones, or both together, are left out as in other tools' use of the same data. */
const MOST_PROMPT_TOKENS = 1_024;
const MOST_TOKENS = 2_048;

/** How an entry becomes a line of an input file. */
export interface LineRules {
  /** The number of tokens of a text; null: lengths do not matter. */
  readonly count: ((text: string) => number) | null;
  /** Whether answers as long as the recorded ones are asked for. */
  readonly asksForRecordedLength: boolean;
}

/** The line of an input file that says what an entry says; null: its lengths are not wanted. */
export function entryLine(
  { turns, images, answer }: PublicEntry,
  { count, asksForRecordedLength }: LineRules,
  index: number,
): string | null {
  const [first] = turns;
  const length: { output_length?: number } = {};
  if (count !== null) {
    const prompt = count(first!);
    const output = count(answer ?? "");
    if (!isWanted(prompt, output, asksForRecordedLength)) return null;
    if (asksForRecordedLength) length.output_length = output;
  }
  const media = images.length === 0 ? {} : { images };
  if (turns.length === 1) return JSON.stringify({ text: first, ...media, ...length });
  return JSON.stringify({
    session_id: String(index),
    turns: turns.map((text, at) => at === 0 ? { text, ...media, ...length } : { text }),
  });
}

function isWanted(prompt: number, output: number, isRecordedLength: boolean): boolean {
  if (isRecordedLength && output < LEAST_TOKENS) return false;
  return prompt >= LEAST_TOKENS && prompt <= MOST_PROMPT_TOKENS && prompt + output <= MOST_TOKENS;
}
