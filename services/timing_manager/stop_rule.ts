import type { PhasePlan } from "../../common/model/run_config.ts";
import type { StopReason } from "../../common/model/run_event.ts";

/** When a phase has sent enough; a pure function of what is asked. */
export class StopRule {
  /** When sending ends, in nanoseconds since the run's epoch; null when time does not end it. */
  readonly endNs: number | null;
  /** When what is in flight by then is cut off, likewise; Infinity when it is not. */
  readonly graceEndNs: number;
  readonly #maxRequests: number;

  /** `startNs`: when the phase starts, in nanoseconds since the run's epoch. */
  constructor({ maxRequests, maxDurationMs, graceMs }: PhasePlan, startNs: number) {
    this.#maxRequests = maxRequests ?? Infinity;
    this.endNs = maxDurationMs === null ? null : startNs + Math.round(maxDurationMs * 1e6);
    const hasGrace = this.endNs !== null && graceMs !== null;
    this.graceEndNs = hasGrace ? this.endNs + Math.round(graceMs * 1e6) : Infinity;
  }

  /**
   * Why request `index` (from 0), due at `dueNs`, must not be sent; null when it may be.
   *
   * What counts is when a request is due, not what time it is: one that was due before the end and
   * is late is still sent, so that a rate of 200/s makes exactly 2,000 requests in 10 s.
   */
  check(index: number, dueNs: number): StopReason | null {
    if (index >= this.#maxRequests) return "count";
    if (this.endNs !== null && dueNs >= this.endNs) return "duration";
    return null;
  }
}
