/** What a figure should be. */
export interface Target {
  /** Which number is judged: the figure itself or its ratio to the reference. */
  readonly of: "value" | "ratio";
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One row of the table of measurements. */
export interface Figure {
  /** What was measured, in a few words. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure is compared with, in the same unit; null when it stands alone. */
  readonly reference: { readonly what: string; readonly value: number } | null;
  readonly target: Target | null;
}

/** What a figure may leave out. */
export type FigureOptions = Partial<Pick<Figure, "reference" | "target">>;

/** A figure with or without something to compare it with. */
export function figure(
  what: string,
  [value, unit]: readonly [number, string],
  options: FigureOptions = {},
): Figure {
  return { what, value, unit, reference: null, target: null, ...options };
}

/** The figure as a multiple of its reference; null without one. */
export function ratioOf({ value, reference }: Figure): number | null {
  return reference === null ? null : value / reference.value;
}

/** Whether a figure is what it should be; null when nobody has said what that is. */
export function isMet(figure: Figure): boolean | null {
  const { target } = figure;
  if (target === null) return null;
  const judged = target.of === "value" ? figure.value : ratioOf(figure);
  if (judged === null) return null;
  return judged <= (target.atMost ?? Infinity) && judged >= (target.atLeast ?? -Infinity);
}

const HEAD = ["", "figure", "compared with", "ratio", "target", ""];

/** The figures as a table of plain text. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
  lines.splice(1, 0, "─".repeat(Math.max(...lines.map((line) => line.length))));
  return lines.join("\n");
}

function cellsOf(figure: Figure): string[] {
  const { what, value, unit, reference, target } = figure;
  const ratio = ratioOf(figure);
  const met = isMet(figure);
  return [
    what,
    `${numberText(value)} ${unit}`,
    reference === null ? "" : `${reference.what}: ${numberText(reference.value)}`,
    ratio === null ? "" : `${numberText(ratio)} ×`,
    target === null ? "" : targetText(target),
    met === null ? "" : met ? "met" : "MISSED",
  ];
}

function targetText({ of, atMost, atLeast }: Target): string {
  const sign = of === "ratio" ? " ×" : "";
  const limits: string[] = [];
  if (atLeast !== undefined) limits.push(`≥ ${numberText(atLeast)}${sign}`);
  if (atMost !== undefined) limits.push(`≤ ${numberText(atMost)}${sign}`);
  return limits.join(", ");
}

/** Three significant digits, or whole numbers with separators. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** The value below which `share` (0 to 1) of the values lie; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[at] ?? NaN;
}

/** The middle value; NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The average; NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The largest value less the smallest. */
export function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
