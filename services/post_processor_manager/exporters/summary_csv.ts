import { type MetricSummary, type RunReport, STATISTICS } from "../../../common/model/report.ts";
import type { RunConfig } from "../../../common/model/run_config.ts";
import { findMetric } from "../metrics/metric_table.ts";
import { INSTANT, REQUESTS } from "../metrics/unit.ts";
import { epochNsText } from "./epoch_ns.ts";
import { instrumentRows } from "./instrument_rows.ts";
import { fixed, scalarText } from "./number_text.ts";

/** All but the two that the reference tool's CSV does not have. */
const COLUMNS = STATISTICS.filter((name) => name !== "count" && name !== "sum");

/**
 * The text of `profile_export_aiperf.csv`: a table of the distributions and one of the single
 * numbers, both sorted by tag, one of the instrument, and where there is something to tell one of
 * the warm-up and one of a run's untimely end, with an empty line between.
 */
export function summaryCsv(report: RunReport, config: RunConfig): string {
  const metrics = [...report.metrics].sort((a, b) => a.tag < b.tag ? -1 : 1);
  const rows = [
    ["Metric", ...COLUMNS],
    ...metrics.filter((metric) => !metric.scalar).map(distributionRow),
    [],
    ["Metric", "Value"],
    ...metrics.filter((metric) => metric.scalar).map((metric) => scalarRow(metric, config)),
    [],
    ["Instrument", "Value"],
    ...instrumentRows(report.instrument),
    ...warmupRows(report),
    ...endRows(report),
  ];
  return rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/**
 * A cell that spreadsheets read as the text that it is.
 *
 * Quoted where the format asks for it; text that a spreadsheet would run as a formula gets an
 * apostrophe in front. Numbers stay what they are.
 */
export function csvCell(text: string): string {
  const isNumber = text !== "" && Number.isFinite(Number(text));
  const inert = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function distributionRow(metric: MetricSummary): string[] {
  const cells = COLUMNS.map((name) => {
    const value = metric.stats[name];
    return value === undefined ? "" : fixed(value);
  });
  return [label(metric), ...cells];
}

function scalarRow(metric: MetricSummary, { epochUnixMs }: RunConfig): string[] {
  const value = metric.stats.avg!;
  const isInstant = findMetric(metric.tag)?.unit === INSTANT;
  const text = isInstant ? epochNsText(epochUnixMs, value) : scalarText(value, metric.unit);
  return [label(metric), text];
}

/** Its counts alone: nothing of a warm-up is a result. */
function warmupRows({ warmup }: RunReport): string[][] {
  if (warmup === null) return [];
  const { issued, succeeded, failed, cancelled, lost } = warmup.account;
  return [
    [],
    ["Warm-up", "Value"],
    ["Warm-up Requests Issued", String(issued)],
    ["Warm-up Requests Succeeded", String(succeeded)],
    ["Warm-up Requests Failed", String(failed)],
    ["Warm-up Requests Cancelled", String(cancelled)],
    ["Warm-up Requests Lost", String(lost)],
  ];
}

/** Only of a run that did not come to the end that was asked for. */
function endRows({ runEnd: { reason, detail } }: RunReport): string[][] {
  if (reason === "complete") return [];
  return [[], ["Run End", "Value"], ["Reason", reason], ["Detail", detail ?? ""]];
}

function label({ header, unit }: MetricSummary): string {
  return unit === REQUESTS.name ? header : `${header} (${unit})`;
}
