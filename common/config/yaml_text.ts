/** One value in a YAML text, or a place for one. */
export interface YamlEntry {
  /** Dotted. */
  readonly path: string;
  /** Lines in front of it, without the `#`; an empty one stays empty. */
  readonly comments: readonly string[];
  readonly value: unknown;
  /** Follows the value on its line, without the `#`. */
  readonly note?: string;
  /** Whether the line itself is a comment. */
  readonly disabled: boolean;
}

/** Writes entries as nested YAML with comments; entries of a section must stand together. */
export function renderYaml(entries: readonly YamlEntry[]): string {
  const lines: string[] = [];
  let open: string[] = [];
  for (const entry of entries) {
    const sections = entry.path.split(".").slice(0, -1);
    const shared = sharedLength(open, sections);
    sections.slice(shared).forEach((name, i) => {
      if (shared + i === 0 && lines.length > 0) lines.push("");
      lines.push(`${indent(shared + i)}${name}:`);
    });
    open = sections;
    lines.push(...entryLines(entry, indent(sections.length)));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** A value in YAML's flow style, on one line. */
function yamlValue(value: unknown): string {
  const isPlain = typeof value === "string" && /^[A-Za-z/][\w./:-]*[\w/]$/.test(value) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function entryLines(entry: YamlEntry, prefix: string): string[] {
  const name = entry.path.split(".").at(-1)!;
  const note = entry.note === undefined ? "" : ` # ${entry.note}`;
  const value = entry.value === null ? "" : ` ${yamlValue(entry.value)}`;
  return [
    ...entry.comments.map((line) => line === "" ? "" : `${prefix}# ${line}`),
    `${prefix}${entry.disabled ? "# " : ""}${name}:${value}${note}`,
  ];
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function indent(depth: number): string {
  return "  ".repeat(depth);
}
