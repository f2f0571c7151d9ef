import type {
  ErrorCount,
  LoadShare,
  MetricSummary,
  RunReport,
} from "../../../common/model/report.ts";
import type { RunConfig } from "../../../common/model/run_config.ts";
import type { TokenizerPlan } from "../../../common/model/tokenizer_plan.ts";
import type { RunEnd } from "../../../common/model/run_ending.ts";
import { AIPERF_VERSION } from "../../../common/version.ts";
import { findMetric } from "../metrics/metric_table.ts";
import { INSTANT } from "../metrics/unit.ts";
import { epochNsText } from "./epoch_ns.ts";
import { inSnakeCase } from "./snake_case.ts";

/** The version of the reference tool's schema that the file follows. */
const SCHEMA_VERSION = "1.5";

/**
 * The text of `profile_export_aiperf.json`: a block for each metric at the top level, keyed by its
 * tag, then what was asked for, errors, times, and our own `run_end`, `credits`, `url_counts`, `model_counts`,
 * `warnings` and `instrument`. What the warm-up did stands at the end, in `warmup_credits`,
 * `warmup_error_summary` and `warmup_metrics`; nothing of it is in the rest.
 *
 * What does not exist is left out. Instants are exact integers of nanoseconds since 1970.
 */
export function summaryJson(report: RunReport, config: RunConfig): string {
  const summary = {
    schema_version: SCHEMA_VERSION,
    aiperf_version: AIPERF_VERSION,
    benchmark_id: report.benchmarkId,
    ...blocks(report.metrics, config),
    input_config: config.inputConfig,
    run_info: {
      benchmark_id: report.benchmarkId,
      random_seed: config.dataset.seed,
      ...(config.trial && { trial: config.trial.number, run_label: config.trial.label }),
      cli_command: config.cliCommand,
      tokenizer: tokenizerName(config.dataset.tokenizer),
    },
    was_cancelled: report.wasCancelled,
    run_end: runEnd(report.runEnd),
    error_summary: report.errors.map(errorBlock),
    credits: report.account,
    ...shares("url", report.urls),
    ...shares("model", report.models),
    warnings: report.warnings,
    start_time: isoTime(report.startUnixMs),
    end_time: isoTime(report.endUnixMs),
    instrument: inSnakeCase(report.instrument),
    ...(report.warmup && {
      warmup_credits: report.warmup.account,
      warmup_error_summary: report.warmup.errors.map(errorBlock),
      warmup_metrics: blocks(report.warmup.metrics, config),
    }),
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}

function blocks(metrics: readonly MetricSummary[], config: RunConfig): Record<string, unknown> {
  return Object.fromEntries(metrics.map((metric) => [metric.tag, block(metric, config)]));
}

function block({ tag, unit, stats }: MetricSummary, { epochUnixMs }: RunConfig): unknown {
  if (findMetric(tag)?.unit !== INSTANT) return { unit, ...stats };
  return { unit, avg: rawNumber(epochNsText(epochUnixMs, stats.avg!)) };
}

/** `url_counts` or `model_counts`; left out when there is only one. */
function shares(what: "url" | "model", all: readonly LoadShare[]): Record<string, unknown> {
  if (all.length === 0) return {};
  return { [`${what}_counts`]: all.map(({ name, ...counts }) => ({ [what]: name, ...counts })) };
}

function runEnd({ reason, detail, failures }: RunEnd): unknown {
  return {
    reason,
    ...(detail !== null && { detail }),
    ...(failures && {
      failed_requests: failures.failed,
      ended_requests: failures.ended,
      failed_ratio: failures.ratio,
      failed_request_threshold: failures.limit,
    }),
  };
}

function errorBlock({ error: { code, type, message }, count }: ErrorCount): unknown {
  const details = { ...(code !== null && { code }), type, message };
  return { error_details: details, count };
}

/** undefined, so that JSON leaves it out, when there is no time. */
/** An encoding, or a name with the commit of its files where that is known. */
function tokenizerName(plan: TokenizerPlan): string {
  if (plan.kind === "builtin") return plan.encoding;
  return plan.commit === null ? plan.name : `${plan.name}@${plan.commit}`;
}

function isoTime(unixMs: number | null): string | undefined {
  return unixMs === null ? undefined : new Date(unixMs).toISOString();
}

/** A number that `JSON.stringify` writes digit by digit as given. */
function rawNumber(digits: string): unknown {
  // In the language since 2025, not yet in TypeScript's library.
  return (JSON as JSON & { rawJSON(text: string): unknown }).rawJSON(digits);
}
