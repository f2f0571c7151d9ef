import type { LagSample } from "../model/instrument.ts";
import type { Clock } from "./clock.ts";

/** How often the probe looks; a look costs some 20 µs of CPU time. */
export const PROBE_MS = 20;

/** If nobody takes them, the oldest samples are dropped: a minute's worth is kept. */
const MOST_SAMPLES = 60_000 / PROBE_MS;

/**
 * Measures how late the event loop gets to what is ready: the lateness of a timer.
 *
 * An answer that arrives while the loop is busy is noticed that much later, so this is by how much
 * the measured times may be too long.
 */
export class LagProbe {
  readonly #clock: Clock;
  readonly #life = new AbortController();
  #samples: LagSample[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to look, once; returns when `stop()` is called. */
  async run(): Promise<void> {
    const { signal } = this.#life;
    let armedNs = this.#clock.nowNs();
    while (!signal.aborted) {
      await this.#clock.sleep(PROBE_MS, signal);
      const atNs = this.#clock.nowNs();
      if (!signal.aborted) this.#keep(atNs, (atNs - armedNs) / 1e6 - PROBE_MS);
      armedNs = atNs;
    }
  }

  /** The samples since the last call, the oldest first. */
  take(): LagSample[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  stop(): void {
    this.#life.abort();
  }

  #keep(atNs: number, lagMs: number): void {
    if (this.#samples.length >= MOST_SAMPLES) this.#samples.shift();
    this.#samples.push({ atNs, lagMs: Math.max(0, Math.round(lagMs * 1000) / 1000) });
  }
}
