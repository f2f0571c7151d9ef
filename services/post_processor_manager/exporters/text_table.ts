import { pad, widthOf, wrap } from "./plain_text.ts";

/** A column of a table. */
export interface TableColumn {
  readonly header: string;
  readonly align: "left" | "right";
  /** Text that is wider is broken into lines; without it, the column is as wide as its text. */
  readonly maxWidth?: number;
}

/** A table drawn with box characters: the lines, without a line break at the end. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map((column, i) => columnWidth(column, rows.map((row) => row[i]!)));
  const line = (left: string, fill: string, middle: string, right: string) =>
    left + widths.map((width) => fill.repeat(width + 2)).join(middle) + right;
  const headers = columns.map((column) => column.header);
  return [
    line("┏", "━", "┳", "┓"),
    ...rowLines(headers, columns, widths, "┃"),
    line("┡", "━", "╇", "┩"),
    ...rows.flatMap((row) => rowLines(row, columns, widths, "│")),
    line("└", "─", "┴", "┘"),
  ];
}

/** `title` in the middle over a table. */
export function titleOver(title: string, table: readonly string[]): string {
  const space = widthOf(table[0] ?? "") - widthOf(title);
  return " ".repeat(Math.max(0, Math.floor(space / 2))) + title;
}

function columnWidth({ header, maxWidth = Infinity }: TableColumn, cells: string[]): number {
  return Math.min(maxWidth, Math.max(...[header, ...cells].map(widthOf)));
}

function rowLines(
  cells: readonly string[],
  columns: readonly TableColumn[],
  widths: readonly number[],
  bar: string,
): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i]!));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, n) => {
    const texts = wrapped.map((lines, i) => pad(lines[n] ?? "", widths[i]!, columns[i]!.align));
    return `${bar} ${texts.join(` ${bar} `)} ${bar}`;
  });
}
