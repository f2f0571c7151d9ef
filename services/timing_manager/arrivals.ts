import type { Phase } from "../../common/model/credit.ts";
import { deriveRandom, type Random, randomExponential } from "../../common/runtime/random.ts";

const NS_PER_SECOND = 1e9;

/** When each request of a phase is due. */
export interface Schedule {
  /**
   * When request `index` (from 0) is due, in whole nanoseconds since the run's epoch.
   *
   * It never falls as `index` grows, and may be asked for again. Asking in ascending order is cheap
   * and needs no memory that grows.
   */
  dueNs(index: number): number;
}

/** What a schedule is made from. */
export interface ScheduleOptions {
  readonly arrivals: "constant" | "poisson";
  /** Requests a second, above 0. */
  readonly ratePerSecond: number;
  /** When the phase starts, in nanoseconds since the run's epoch. */
  readonly startNs: number;
  readonly phase: Phase;
  /** The run's seed: with the phase, it decides the random gaps. */
  readonly seed: number;
}

/** Makes the schedule of a phase that sends at a rate. */
export function createSchedule(options: ScheduleOptions): Schedule {
  return options.arrivals === "constant" ? constantSchedule(options) : new PoissonSchedule(options);
}

/** Evenly spaced: `start + index / rate`, each computed from its index, so that nothing adds up. */
function constantSchedule({ startNs, ratePerSecond }: ScheduleOptions): Schedule {
  return {
    dueNs: (index) => startNs + Math.round(index * NS_PER_SECOND / ratePerSecond),
  };
}

/**
 * A Poisson process: gaps, the first one before request 0, are exponential with mean `1 / rate`.
 *
 * The sum of the gaps is kept as a multiple of the mean and rounded only when it becomes a time.
 */
class PoissonSchedule implements Schedule {
  readonly #options: ScheduleOptions;
  #random: Random;
  #sum = 0;
  #drawn = 0;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#random = gapStream(options);
  }

  dueNs(index: number): number {
    if (index < this.#drawn - 1) this.#rewind();
    while (this.#drawn <= index) {
      this.#sum += randomExponential(this.#random);
      this.#drawn++;
    }
    const { startNs, ratePerSecond } = this.#options;
    return startNs + Math.round(this.#sum * NS_PER_SECOND / ratePerSecond);
  }

  #rewind(): void {
    this.#random = gapStream(this.#options);
    this.#sum = 0;
    this.#drawn = 0;
  }
}

function gapStream({ seed, phase }: ScheduleOptions): Random {
  return deriveRandom(seed, `timing.${phase}.arrivals`);
}
