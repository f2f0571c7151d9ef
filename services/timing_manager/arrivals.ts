import type { Phase } from "../../common/model/credit.ts";
import {
  deriveRandom,
  type Random,
  randomExponential,
  randomGamma,
} from "../../common/runtime/random.ts";
import { type OpenLoad, type RateProfile, rateProfileOf } from "../../common/stats/rate_profile.ts";

/** When each request of a phase is due. */
export interface Schedule {
  /**
   * When request `index` (from 0) is due, in whole nanoseconds since the run's epoch; Infinity when
   * the rate has come to an end before it.
   *
   * It never falls as `index` grows, and may be asked for again. Asking in ascending order is cheap
   * and needs no memory that grows.
   */
  dueNs(index: number): number;
}

/** What a schedule is made from. */
export interface ScheduleOptions {
  readonly load: OpenLoad;
  /** When the phase starts, in nanoseconds since the run's epoch. */
  readonly startNs: number;
  readonly phase: Phase;
  /** The run's seed: with the phase, it decides the random gaps. */
  readonly seed: number;
}

/**
 * Makes the schedule of a phase that sends at a rate.
 *
 * The arrivals are first laid out for a rate of 1, then moved to where the rate's integral reaches
 * that many arrivals: evenly spaced ones at 0, 1, 2, …, random ones at the sums of their gaps. A
 * Poisson process stays one under a rate that changes (time rescaling).
 */
export function createSchedule({ load, startNs, phase, seed }: ScheduleOptions): Schedule {
  const profile = rateProfileOf(load);
  if (load.arrivals === "constant") return evenSchedule(profile, startNs);
  const shape = load.arrivals === "gamma" ? load.smoothness : 1;
  const gaps = () => deriveRandom(seed, `timing.${phase}.arrivals`);
  return new RandomSchedule({ profile, startNs, shape, gaps });
}

/** Each time is computed from its index, so that nothing adds up. */
function evenSchedule(profile: RateProfile, startNs: number): Schedule {
  return { dueNs: (index) => startNs + Math.round(profile.timeNs(index)) };
}

interface RandomScheduleOptions {
  readonly profile: RateProfile;
  readonly startNs: number;
  /** Of the gaps' gamma distribution: 1 is exponential, the variance is 1 / shape. */
  readonly shape: number;
  /** Begins the stream of the gaps. */
  gaps(): Random;
}

/**
 * A renewal process: gaps, the first one before request 0, are gamma distributed with mean 1.
 *
 * Their sum is rounded only when it becomes a time.
 */
class RandomSchedule implements Schedule {
  readonly #options: RandomScheduleOptions;
  #random: Random;
  #sum = 0;
  #drawn = 0;

  constructor(options: RandomScheduleOptions) {
    this.#options = options;
    this.#random = options.gaps();
  }

  dueNs(index: number): number {
    const { profile, startNs, shape } = this.#options;
    if (index < this.#drawn - 1) this.#rewind();
    while (this.#drawn <= index) {
      this.#sum += shape === 1
        ? randomExponential(this.#random)
        : randomGamma(this.#random, shape) / shape;
      this.#drawn++;
    }
    return startNs + Math.round(profile.timeNs(this.#sum));
  }

  #rewind(): void {
    this.#random = this.#options.gaps();
    this.#sum = 0;
    this.#drawn = 0;
  }
}
