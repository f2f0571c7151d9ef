import { AIPERF_VERSION } from "../../../common/version.ts";
import type { Aggregate } from "./aggregate.ts";
import type { Collated } from "./collate_runs.ts";

/** The version of the reference tool's schema of this file. */
const SCHEMA_VERSION = "1.0.0";

const DESCRIPTION =
  "The values of the single requests of all complete runs, pooled: statistics over " +
  "requests, where profile_export_aiperf_aggregate.json has statistics over runs.";

/**
 * The text of `profile_export_aiperf_collated.json`.
 *
 * `mean` is the reference tool's name for `avg`; the deviation is that of the population, as in the
 * summary of a single run.
 */
export function collatedJson(
  series: Aggregate,
  { metrics, pooled, unpooled, notes }: Collated,
): string {
  const { runs, labels, verdicts, failed } = series;
  const collated = {
    schema_version: SCHEMA_VERSION,
    aiperf_version: AIPERF_VERSION,
    description: DESCRIPTION,
    metadata: {
      aggregation_type: "detailed",
      num_profile_runs: runs,
      num_successful_runs: labels.length,
      failed_runs: failed,
      run_labels: labels,
      run_verdicts: verdicts,
      pooled_runs: pooled,
      unpooled_runs: unpooled,
      notes,
    },
    metrics: Object.fromEntries(
      metrics.map(({ tag, unit, combined, perRun }) => [
        tag,
        { unit, combined: { unit, mean: combined.avg, ...combined }, per_run: perRun },
      ]),
    ),
  };
  return `${JSON.stringify(collated, null, 2)}\n`;
}
