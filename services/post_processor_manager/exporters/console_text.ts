import { ARTIFACT_FILES, exportFiles } from "../../../common/model/artifact_files.ts";
import type {
  CreditAccount,
  LoadShare,
  MetricSummary,
  RunReport,
  Statistic,
} from "../../../common/model/report.ts";
import type { RunConfig } from "../../../common/model/run_config.ts";
import { harmless } from "../../../common/runtime/harmless.ts";
import { consoleMetrics } from "../console_metrics.ts";
import { instrumentText } from "./instrument_text.ts";
import { fixed, scalarText, withThousands } from "./number_text.ts";
import { oneLine, truncate, widthOf, wrap } from "./plain_text.ts";
import { type TableColumn, textTable, titleOver } from "./text_table.ts";

const MAX_WIDTH = 140;
const COLUMNS: readonly Statistic[] = ["avg", "min", "max", "p99", "p90", "p50", "std"];
const MISSING = "N/A";

/** The rest is in the JSON export. */
const SHOWN_ERRORS = 20;

/** From here on a number takes less room with an exponent. */
const LARGE = 1e9;

/**
 * The text of `profile_export_console.txt`, which is also what the terminal shows at the end: the
 * metric table, errors by kind, the verdict, warnings, the command line, and where the files are.
 *
 * At most 140 columns but for the command line and paths, which are to be copied. No colours;
 * what came from elsewhere holds no control characters.
 */
export function consoleText(report: RunReport, config: RunConfig): string {
  const sections = [
    metricTable(report),
    errorTable(report),
    instrumentText(report.instrument, MAX_WIDTH),
    warnings(report),
    ending(report, config),
  ]
    .filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function metricTable({ metrics }: RunReport): string[] {
  const shown = consoleMetrics(metrics);
  const numbers = shown.map((metric) => COLUMNS.map((name) => cell(metric, name)));
  const numbersWidth = COLUMNS
    .map((name, i) => Math.max(name.length, ...numbers.map((row) => row[i]!.length)))
    .reduce((sum, width) => sum + width + 3, 0);
  const nameColumn: TableColumn = {
    header: "Metric",
    align: "right",
    maxWidth: MAX_WIDTH - numbersWidth - 4,
  };
  const table = textTable(
    [nameColumn, ...COLUMNS.map((header): TableColumn => ({ header, align: "right" }))],
    shown.map((metric, i) => [`${metric.header} (${metric.unit})`, ...numbers[i]!]),
  );
  return [titleOver("aiperf | LLM Metrics", table), ...table];
}

function cell({ unit, scalar, stats }: MetricSummary, name: Statistic): string {
  const value = stats[name];
  if (value === undefined) return MISSING;
  if (Math.abs(value) >= LARGE) return value.toExponential(2);
  return withThousands(scalar ? scalarText(value, unit) : fixed(value));
}

function errorTable({ errors }: RunReport): string[] {
  if (errors.length === 0) return [];
  const rows = errors.slice(0, SHOWN_ERRORS).map(({ error, count }) => [
    error.code === null ? MISSING : String(error.code),
    truncate(oneLine(error.type), 40),
    oneLine(error.message),
    withThousands(String(count)),
  ]);
  const columns: TableColumn[] = [
    { header: "Code", align: "right" },
    { header: "Type", align: "left" },
    { header: "Message", align: "left" },
    { header: "Count", align: "right" },
  ];
  const others = [0, 1, 3].map((i) =>
    Math.max(...[columns[i]!.header, ...rows.map((row) => row[i]!)].map(widthOf))
  );
  const messageWidth = MAX_WIDTH - others.reduce((sum, width) => sum + width, 0) - 13;
  const table = textTable(
    columns,
    rows.map((row) => row.map((text, i) => i === 2 ? truncate(text, messageWidth) : text)),
  );
  const hidden = errors.length - SHOWN_ERRORS;
  const note = hidden > 0 ? [`${hidden} further kinds of error: see the JSON export`] : [];
  return [titleOver("Errors", table), ...table, ...note];
}

function warnings(report: RunReport): string[] {
  return report.warnings.flatMap((warning) => {
    const [first, ...rest] = wrap(oneLine(warning), MAX_WIDTH - "Warning: ".length);
    return [`Warning: ${first}`, ...rest.map((line) => `         ${line}`)];
  });
}

/** The sum that shows that nothing was lost sight of. */
function creditLine(
  what: string,
  { issued, succeeded, failed, cancelled, lost }: CreditAccount,
): string {
  const missing = issued - succeeded - failed - cancelled - lost;
  return `${what}: ${issued} issued = ${succeeded} succeeded + ${failed} failed + ` +
    `${cancelled} cancelled + ${lost} lost${missing > 0 ? ` + ${missing} MISSING` : ""}`;
}

function shareLine(preposition: string, { name, requests, errors }: LoadShare): string {
  return `${preposition} ${harmless(name)}: ${requests} ${
    requests === 1 ? "request" : "requests"
  }, ` +
    `${errors} ${errors === 1 ? "error" : "errors"}`;
}

function ending(report: RunReport, config: RunConfig): string[] {
  const duration = report.metrics.find((metric) => metric.tag === "benchmark_duration")?.stats.avg;
  return [
    `CLI Command: ${harmless(config.cliCommand)}`,
    ...(report.warmup ? [creditLine("Warm-up (not in the results)", report.warmup.account)] : []),
    creditLine("Credits", report.account),
    ...report.urls.map((share) => shareLine("To", share)),
    ...report.models.map((share) => shareLine("Asked of", share)),
    `Benchmark Duration: ${duration === undefined ? MISSING : `${fixed(duration)} sec`}`,
    ...filesOf(config).map(([name, file]) =>
      `${name}: ${harmless(`${config.artifactDir}/${file}`)}`
    ),
  ];
}

function filesOf({ exportPrefix, exportRecords, exportRaw }: RunConfig): [string, string][] {
  const files = exportFiles(exportPrefix);
  return [
    ["CSV Export", files.summaryCsv],
    ["JSON Export", files.summaryJson],
    ...exportRecords ? [["Request Metrics", files.requestMetrics] satisfies [string, string]] : [],
    ...exportRaw ? [["Raw Export", files.raw] satisfies [string, string]] : [],
    ["Records", ARTIFACT_FILES.records],
    ["Log File", ARTIFACT_FILES.log],
  ];
}
