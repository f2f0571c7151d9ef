import { AGGREGATE_FILES } from "../../../common/model/run_series.ts";
import { VERDICTS } from "../../../common/model/instrument.ts";
import type { Statistic } from "../../../common/model/report.ts";
import { consoleMetrics } from "../console_metrics.ts";
import { verdictText } from "../exporters/instrument_text.ts";
import { fixed, withThousands } from "../exporters/number_text.ts";
import { oneLine, wrap } from "../exporters/plain_text.ts";
import { type TableColumn, textTable, titleOver } from "../exporters/text_table.ts";
import type { Aggregate, AggregateRow } from "./aggregate.ts";
import type { Collated } from "./collate_runs.ts";

const MAX_WIDTH = 140;
const MISSING = "N/A";

/** The statistics of a distribution that the terminal shows; the files have them all. */
const SHOWN: readonly Statistic[] = ["avg", "p50", "p99"];

/** From here on a number takes less room with an exponent. */
const LARGE = 1e9;

/** Where the files of a series are, and what one of them does not hold. */
export interface AggregatePlace {
  /** The folder of the series. */
  readonly artifactDir: string;
  readonly collated: Pick<Collated, "unpooled" | "notes">;
}

/**
 * What the terminal shows after the last run of a series: mean and confidence interval of the most
 * important numbers, how well they repeat, which runs do not count, and where the files are.
 *
 * Columns and characters as in the report of a run.
 */
export function aggregateText(
  aggregate: Aggregate,
  { artifactDir, collated }: AggregatePlace,
): string {
  const sections = [table(aggregate), verdicts(aggregate), failures(aggregate), gaps(collated), [
    `Aggregate CSV: ${artifactDir}/${AGGREGATE_FILES.csv}`,
    `Aggregate JSON: ${artifactDir}/${AGGREGATE_FILES.json}`,
    `Collated JSON: ${artifactDir}/${AGGREGATE_FILES.collated}`,
  ]];
  return `${
    sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")
  }\n`;
}

/** How well a number repeats, by its coefficient of variation; null where there is none. */
export function repeatability(cv: number): string | null {
  if (!Number.isFinite(cv)) return null;
  if (cv < 0.05) return "excellent";
  if (cv < 0.1) return "good";
  return cv < 0.2 ? "fair" : "poor";
}

function table({ runs, labels, rows, confidenceLevel }: Aggregate): string[] {
  if (labels.length === 0) {
    return [`None of ${runs} runs is complete: there is nothing to aggregate.`];
  }
  const columns: TableColumn[] = [
    { header: "Metric", align: "right", maxWidth: 60 },
    { header: "Statistic", align: "left" },
    { header: "Mean", align: "right" },
    { header: `± ${percent(confidenceLevel)}`, align: "right" },
    { header: "Min", align: "right" },
    { header: "Max", align: "right" },
    { header: "CV", align: "right" },
    { header: "Repeatability", align: "left" },
  ];
  const shown = shownRows(rows);
  const lines = textTable(columns, shown.map((row, i) => cells(row, shown[i - 1])));
  const which = labels.length === runs ? `${runs} runs` : `${labels.length} of ${runs} runs`;
  return [titleOver(`aiperf | Aggregate of ${which}`, lines), ...lines, ...note(labels.length)];
}

/** What the table of a run would show whose statistics are the means of the runs. */
function shownRows(rows: readonly AggregateRow[]): AggregateRow[] {
  const byTag = [...Map.groupBy(rows, ({ metric }) => metric.tag).values()];
  const metrics = byTag.map((ofOne) => {
    const means = ofOne.map(({ statistic, spread }) => [statistic, spread.mean] as const);
    const { tag, consoleOrder } = ofOne[0]!.metric;
    return { tag, consoleOrder, stats: Object.fromEntries(means), ofOne };
  });
  return consoleMetrics(metrics).flatMap(({ ofOne }) =>
    ofOne.filter(({ statistic }) => SHOWN.includes(statistic))
  );
}

/** The cells of a row; the metric's name stands in the first of its rows only. */
function cells({ metric, statistic, spread }: AggregateRow, above?: AggregateRow): string[] {
  const { mean, min, max, precision } = spread;
  return [
    above?.metric.tag === metric.tag ? "" : `${metric.header} (${metric.unit})`,
    metric.scalar ? "value" : statistic,
    numberText(mean),
    precision ? numberText(precision.tCritical * precision.se) : MISSING,
    numberText(min),
    numberText(max),
    precision && Number.isFinite(precision.cv) ? percent(precision.cv, 1) : MISSING,
    (precision && repeatability(precision.cv)) ?? MISSING,
  ];
}

function note(complete: number): string[] {
  return complete > 1
    ? []
    : ["One run alone says nothing about how far its numbers can be trusted."];
}

/** The worst verdict; which runs got it, when not all did. */
function verdicts({ labels, verdicts, unjudged }: Aggregate): string[] {
  const worst = VERDICTS.findLast((verdict) => verdicts.includes(verdict));
  if (worst === undefined) return [];
  const which = labels.filter((_, i) => verdicts[i] === worst);
  const where = which.length === labels.length ? "" : ` in ${which.join(", ")}`;
  return [`${verdictText({ verdict: worst, unjudged })}${where}`];
}

function failures({ failed }: Aggregate): string[] {
  return failed.flatMap(({ label, error }) => paragraph(`Does not count: ${label}: `, error));
}

/** What the collated file does not hold; one reason of several runs stands once. */
function gaps({ unpooled, notes }: AggregatePlace["collated"]): string[] {
  const byReason = Map.groupBy(unpooled, ({ reason }) => reason);
  return [
    ...[...byReason].flatMap(([reason, runs]) =>
      paragraph(`Not collated: ${runs.map(({ label }) => label).join(", ")}: `, reason)
    ),
    ...notes.flatMap((text) => paragraph("Collated: ", text)),
  ];
}

function paragraph(head: string, text: string): string[] {
  const [first, ...rest] = wrap(oneLine(text), MAX_WIDTH - head.length);
  return [`${head}${first}`, ...rest.map((line) => " ".repeat(head.length) + line)];
}

function numberText(value: number): string {
  return Math.abs(value) >= LARGE ? value.toExponential(2) : withThousands(fixed(value));
}

/** A fraction as `95 %`; with as many decimals as it has, or as `decimals` says. */
function percent(fraction: number, decimals?: number): string {
  const value = decimals === undefined
    ? String(Number((fraction * 100).toPrecision(12)))
    : (fraction * 100).toFixed(decimals);
  return `${value} %`;
}
