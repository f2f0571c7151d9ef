import type { Spread } from "../../../common/stats/spread.ts";
import type { Aggregate } from "./aggregate.ts";

/**
 * The text of `profile_export_aiperf_aggregate.json`.
 *
 * What a single run cannot have, and a coefficient of variation around a mean of 0, are null: JSON
 * has no infinity.
 */
export function aggregateJson(series: Aggregate): string {
  const { runs, confidenceLevel, labels, verdicts, failed, rows } = series;
  const aggregate = {
    metadata: {
      aggregation_type: "confidence",
      num_profile_runs: runs,
      num_successful_runs: labels.length,
      failed_runs: failed,
      confidence_level: confidenceLevel,
      run_labels: labels,
      run_verdicts: verdicts,
    },
    metrics: Object.fromEntries(rows.map(({ key, spread, unit }) => [key, block(spread, unit)])),
  };
  return `${JSON.stringify(aggregate, null, 2)}\n`;
}

function block({ n, mean, min, max, precision }: Spread, unit: string): unknown {
  return {
    mean,
    std: precision?.std ?? null,
    min,
    max,
    // An infinite one becomes null on the way to text.
    cv: precision?.cv ?? null,
    se: precision?.se ?? null,
    ci_low: precision?.ciLow ?? null,
    ci_high: precision?.ciHigh ?? null,
    t_critical: precision?.tCritical ?? null,
    unit,
    n,
  };
}
