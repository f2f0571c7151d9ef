import { harmless } from "../../../common/runtime/harmless.ts";

const WIDE_REGEXP =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Prose from elsewhere, harmless: space of any kind and length becomes one space. */
export function oneLine(text: string): string {
  return harmless(text.replace(/\s+/g, " ").trim());
}

/** How many columns of a terminal `text` takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** `text` in at most `width` columns, its end replaced by `…` where it is longer. */
export function truncate(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${startOf(text, width - 1)}…`;
}

/** `text` in lines of at most `width` columns, broken between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (widthOf(line) > width) {
      const head = startOf(line, width) || [...line][0]!;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** `text` filled up with spaces on its right, or on its left with `align` "right". */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + space : space + text;
}

/** As much of the start of `text` as fits in `width` columns. */
function startOf(text: string, width: number): string {
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return kept;
}

function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  if (/[\p{M}\u200b-\u200d\ufe0f]/u.test(character)) return 0;
  return WIDE_REGEXP.test(character) ? 2 : 1;
}
