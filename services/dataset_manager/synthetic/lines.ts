import type { Random } from "../../../common/runtime/random.ts";
import { randomInt } from "../../../common/runtime/random.ts";

/** A line of a corpus, as it counts in a text. */
export interface PricedLine {
  readonly text: string;
  /** The tokens of the line itself, at the start of a text and behind another line. */
  readonly tokens: number;
  /** What the end of the line costs when another one follows. */
  readonly endTokens: number;
  /** Whether it has as many tokens behind a space, so that other texts can come before it. */
  readonly canFollow: boolean;
}

/** Some lines, and the tokens that they leave of those that there were. */
export interface WrittenLines {
  readonly text: string;
  readonly left: number;
}

/** How often a line that does not fit is drawn again. */
const ATTEMPTS = 8;

/**
 * Lines in any order, as many as fit into so many tokens.
 *
 * Any order, not that of the corpus: prompts that were pieces of one short text would begin alike,
 * and a server with a prefix cache would know them.
 */
export function writeLines(
  lines: readonly PricedLine[],
  random: Random,
  { tokens, isBlock }: { readonly tokens: number; readonly isBlock: boolean },
): WrittenLines {
  const openings = isBlock ? lines.filter(({ canFollow }) => canFollow) : lines;
  let text = "";
  let left = tokens;
  let endTokens = 0;
  for (;;) {
    const line = draw(text === "" ? openings : lines, random, left - endTokens);
    if (line === null) return { text, left };
    text += text === "" ? line.text : `\n${line.text}`;
    left -= endTokens + line.tokens;
    endTokens = line.endTokens;
  }
}

function draw(lines: readonly PricedLine[], random: Random, tokens: number): PricedLine | null {
  for (let attempt = 0; attempt < ATTEMPTS && lines.length > 0; attempt++) {
    const line = lines[randomInt(random, lines.length)]!;
    if (line.tokens <= tokens) return line;
  }
  return null;
}
