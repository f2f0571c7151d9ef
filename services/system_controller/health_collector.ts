import type { MessageOf } from "../../common/comms/messages.ts";
import type {
  HealthSummary,
  LagSample,
  LagStats,
  ProcessHealth,
} from "../../common/model/instrument.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import { PROBE_MS } from "../../common/runtime/lag_probe.ts";
import { LogHistogram } from "../../common/stats/log_histogram.ts";

/** A CPU share over less says little; heartbeats come every second. */
const SHORTEST_WATCH_NS = 900e6;

/** Who a heartbeat is from. */
export interface Beating {
  readonly id: string;
  readonly type: ServiceType;
}

/** What of a heartbeat is of interest here. */
export type Beat = Pick<MessageOf<"heartbeat">, "atNs" | "rssBytes" | "cpuMs" | "lags">;

/**
 * Makes of every process's heartbeats how it was during the profiling phase.
 *
 * Memory does not grow with the length of the run.
 */
export class HealthCollector {
  readonly #processes = new Map<string, WatchedProcess>();
  #fromNs = Infinity;

  /** From here on counts what happens; what has been noted of later times is forgotten. */
  watchFrom(fromNs: number): void {
    this.#fromNs = fromNs;
    for (const process of this.#processes.values()) process.clear();
  }

  /** Takes a heartbeat in. */
  note({ id, type }: Beating, beat: Beat): void {
    const known = this.#processes.get(id);
    const process = known ?? new WatchedProcess(id, type);
    if (!known) this.#processes.set(id, process);
    process.note(beat, this.#fromNs);
  }

  /** Every process that gave a sign of life since `watchFrom`, in the order of their ids. */
  processes(): HealthSummary["processes"] {
    return [...this.#processes.values()]
      .flatMap((process) => process.health() ?? [])
      .sort((a, b) => a.serviceId < b.serviceId ? -1 : 1);
  }
}

class WatchedProcess {
  readonly #id: string;
  readonly #type: ServiceType;
  #first: Beat | null = null;
  #last: Beat | null = null;
  #maxRssBytes = 0;
  #lags = new LogHistogram();

  constructor(id: string, type: ServiceType) {
    this.#id = id;
    this.#type = type;
  }

  clear(): void {
    this.#first = null;
    this.#last = null;
    this.#lags = new LogHistogram();
  }

  note(beat: Beat, fromNs: number): void {
    this.#maxRssBytes = Math.max(this.#maxRssBytes, beat.rssBytes);
    if (beat.atNs < fromNs) return;
    // A process that was started again begins anew.
    if (this.#last !== null && beat.cpuMs < this.#last.cpuMs) this.#first = null;
    this.#first ??= beat;
    this.#last = beat;
    for (const sample of beat.lags) if (sample.atNs >= fromNs) this.#noteLag(sample, fromNs);
  }

  /**
   * While the loop is blocked nobody looks: one look is late, and those that should have followed it
   * are not made. They count as well, or the percentiles would say little of what most of the answers
   * meet that arrive in such a time.
   */
  #noteLag({ atNs, lagMs }: LagSample, fromNs: number): void {
    this.#lags.add(lagMs);
    const mostMs = Math.min(lagMs, (atNs - fromNs) / 1e6 + PROBE_MS);
    for (let ms = mostMs - PROBE_MS; ms > 0; ms -= PROBE_MS) this.#lags.add(ms);
  }

  health(): ProcessHealth | null {
    if (this.#first === null || this.#last === null) return null;
    const watchedNs = this.#last.atNs - this.#first.atNs;
    const usedMs = this.#last.cpuMs - this.#first.cpuMs;
    return {
      serviceId: this.#id,
      serviceType: this.#type,
      cpuShare: watchedNs < SHORTEST_WATCH_NS ? null : usedMs * 1e6 / watchedNs,
      watchedMs: watchedNs / 1e6,
      maxRssBytes: this.#maxRssBytes,
      lag: lagStats(this.#lags),
    };
  }
}

function lagStats(lags: LogHistogram): LagStats | null {
  if (lags.count === 0) return null;
  return {
    samples: lags.count,
    p50Ms: lags.percentile(50),
    p99Ms: lags.percentile(99),
    maxMs: lags.max,
  };
}
