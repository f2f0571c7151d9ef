/** What a line on a phase is made of; a field that is empty does not exist. */
export interface ProgressFields {
  /** What the run is called among several. */
  readonly name: string;
  readonly phase: string;
  /** How full the bar is, from 0 to 1; null: there is none. */
  readonly doneShare: number | null;
  readonly count: string;
  readonly errors: string;
  readonly rate: string;
  readonly running: string;
  readonly elapsed: string;
  readonly left: string;
}

const MOST_CELLS = 20;
const LEAST_CELLS = 8;

/** What is left out first comes first. */
const LEAST_IMPORTANT_FIRST = [
  "elapsed",
  "running",
  "rate",
  "name",
  "doneShare",
  "count",
  "phase",
  "left",
  "errors",
] as const satisfies readonly (keyof ProgressFields)[];

/**
 * A line of at most `width` characters, with all fields if there is room for them.
 *
 * First the bar shrinks; when that is not enough one field after the other is left out as a whole,
 * and the bar has what room that makes.
 */
export function fitFields(fields: ProgressFields, width: number): string {
  const kept: { -readonly [K in keyof ProgressFields]?: ProgressFields[K] } = { ...fields };
  for (const next of LEAST_IMPORTANT_FIRST) {
    const shortest = lineOf(kept, LEAST_CELLS);
    const spare = width - shortest.length;
    if (spare >= 0) return lineOf(kept, Math.min(MOST_CELLS, LEAST_CELLS + spare));
    delete kept[next];
  }
  return "";
}

/** The first of several texts, the longest first, that has at most `width` characters; or nothing. */
export function longestThatFits(texts: readonly string[], width: number): string {
  return texts.find(({ length }) => length <= width) ?? "";
}

function lineOf(fields: Partial<ProgressFields>, cells: number): string {
  const { name, phase, doneShare = null, count, errors, rate, running, elapsed, left } = fields;
  const bar = doneShare === null ? "" : barOf(doneShare, cells);
  const head = [phase, bar, count].filter((part) => part).join(" ");
  return [name, head, errors, rate, running, elapsed, left].filter((part) => part).join(" · ");
}

function barOf(share: number, cells: number): string {
  const full = Math.round(share * cells);
  return `[${"█".repeat(full)}${"░".repeat(cells - full)}]`;
}
