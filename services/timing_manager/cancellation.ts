import type { Phase } from "../../common/model/credit.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import { deriveRandom, type Random } from "../../common/runtime/random.ts";

/** Draws which requests of a phase are to be cut off, one after the other. */
export class Cancellation {
  readonly #plan: PhasePlan["cancellation"];
  readonly #random: Random;

  /** `seed`: the run's; with the phase it decides which requests are drawn. */
  constructor(plan: PhasePlan["cancellation"], { seed, phase }: { seed: number; phase: Phase }) {
    this.#plan = plan;
    this.#random = deriveRandom(seed, `timing.${phase}.cancellation`);
  }

  /** How long after it was sent the next request is cut off, in ns; null: it is not. */
  draw(): number | null {
    if (this.#plan === null || this.#random.next() >= this.#plan.share) return null;
    return Math.round(this.#plan.delayMs * 1e6);
  }
}
