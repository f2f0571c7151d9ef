import type { RequestRecord } from "../../common/model/record.ts";
import type { Slo } from "../../common/model/run_config.ts";
import { findMetric, PER_REQUEST_METRICS } from "./metrics/metric_table.ts";

/** What is wrong with service level objectives, one sentence each. */
export function objectiveProblems(slos: readonly Slo[]): string[] {
  return slos.flatMap(({ tag }) => {
    const metric = findMetric(tag);
    if (metric?.kind === "record" && !metric.flags.includes("unsuccessful")) return [];
    return `Cannot hold requests to "${tag}": ` +
      (metric ? "a request has no single value of it" : "there is no such metric");
  });
}

/** The service level objectives of a run. */
export class Objectives {
  readonly #limits: readonly Limit[];

  /** Throws a RangeError that lists every objective that cannot be. */
  constructor(slos: readonly Slo[]) {
    const problems = objectiveProblems(slos);
    if (problems.length > 0) throw new RangeError(problems.join("; "));
    this.#limits = slos.map(limitOf);
  }

  /**
   * Whether a request is good: it succeeded and has every metric on the right side of its limit.
   *
   * Limits themselves are good; a missing value is not. null when there are no objectives.
   * `values`: in the order of `PER_REQUEST_METRICS`.
   */
  judge(
    { outcome }: RequestRecord,
    values: readonly (number | readonly number[] | null)[],
  ): boolean | null {
    if (this.#limits.length === 0) return null;
    return outcome === "success" && this.#limits.every((limit) => {
      const value = values[limit.column];
      if (typeof value !== "number") return false;
      // In the display unit: the user's number is compared with the one that is shown to them.
      const shown = value / limit.divisor;
      return limit.isLower ? shown >= limit.threshold : shown <= limit.threshold;
    });
  }
}

interface Limit {
  readonly column: number;
  readonly divisor: number;
  readonly isLower: boolean;
  readonly threshold: number;
}

function limitOf({ tag, threshold }: Slo): Limit {
  const column = PER_REQUEST_METRICS.findIndex((metric) => metric.tag === tag);
  const metric = PER_REQUEST_METRICS[column]!;
  return {
    column,
    divisor: metric.unit.divisor,
    isLower: metric.flags.includes("larger_is_better"),
    threshold,
  };
}
