import type { LagSample } from "../model/instrument.ts";
import type { Clock } from "./clock.ts";

/** How often the probe looks: it takes about half a percent of a CPU. */
export const PROBE_MS = 20;

/** If nobody takes them, the oldest samples are dropped: a minute's worth is kept. */
const MOST_SAMPLES = 60_000 / PROBE_MS;

/**
 * Calls back again and again, each time `everyMs` after the last call; what it returns ends that.
 */
export type Repeat = (callback: () => void, everyMs: number) => () => void;

/**
 * Measures how late the event loop gets to what is ready: the lateness of a timer.
 *
 * An answer that arrives while the loop is busy is noticed that much later, so this is by how much
 * the measured times may be too long.
 */
export class LagProbe {
  readonly #clock: Clock;
  readonly #repeat: Repeat;
  #samples: LagSample[] = [];
  #lastNs = 0;
  #end: (() => void) | null = null;

  constructor(clock: Clock, repeat: Repeat = repeatByTimer) {
    this.#clock = clock;
    this.#repeat = repeat;
  }

  /** Begins to look. */
  start(): void {
    this.#lastNs = this.#clock.nowNs();
    this.#end ??= this.#repeat(() => this.#look(), PROBE_MS);
  }

  /** The samples since the last call, the oldest first. */
  take(): LagSample[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  stop(): void {
    this.#end?.();
    this.#end = null;
  }

  #look(): void {
    const atNs = this.#clock.nowNs();
    const lagMs = (atNs - this.#lastNs) / 1e6 - PROBE_MS;
    this.#lastNs = atNs;
    if (this.#samples.length >= MOST_SAMPLES) this.#samples.shift();
    this.#samples.push({ atNs, lagMs: Math.max(0, Math.round(lagMs * 1000) / 1000) });
  }
}

/** The runtime counts from the last call, not from when it should have been. */
function repeatByTimer(callback: () => void, everyMs: number): () => void {
  const timer = setInterval(callback, everyMs);
  return () => clearInterval(timer);
}
