import type { DatasetInfo } from "../../common/model/conversation.ts";
import type { Phase } from "../../common/model/credit.ts";
import type { PhasePlan, RunConfig } from "../../common/model/run_config.ts";
import { createSampler, type Sampler } from "../../common/model/sampler.ts";

/** What is known of the size of a data set. */
type Size = Pick<DatasetInfo, "entries" | "isComplete">;

/** Where the order of the sessions is learnt from. */
export interface SessionOrderOptions {
  readonly config: Pick<RunConfig, "dataset" | "phases">;
  /** Asks how many conversations are known; of made-up ones the plan says it. */
  learn(): Promise<Size>;
}

/** Which conversation each session of a phase uses, as far as that can be known beforehand. */
export class SessionOrder {
  readonly #options: SessionOrderOptions;
  readonly #samplers = new Map<Phase, Sampler>();
  readonly #traces: ReadonlySet<Phase>;
  /** How many sessions each phase can have; Infinity: any number. */
  readonly #mostSessions: ReadonlyMap<Phase, number>;
  #size: Size = { entries: 0, isComplete: false };
  #isLearning = false;

  constructor(options: SessionOrderOptions) {
    this.#options = options;
    this.#traces = new Set(
      options.config.phases.filter(({ load }) => load.kind === "fixed_schedule")
        .map(({ phase }) => phase),
    );
    this.#mostSessions = new Map(
      options.config.phases.map((plan) => [plan.phase, mostSessions(plan)]),
    );
  }

  /** Learns how many conversations there are so far. */
  async learn(): Promise<void> {
    this.#isLearning = true;
    try {
      this.#size = await this.#options.learn();
    } finally {
      this.#isLearning = false;
    }
  }

  /**
   * Where a session stands in the order: in a trace, which is followed line by line, the place of its
   * conversation, else its own number.
   */
  placeOf(
    { phase, sessionIndex, conversationIndex }: {
      readonly phase: Phase;
      readonly sessionIndex: number;
      readonly conversationIndex: number;
    },
  ): number {
    return this.#traces.has(phase) ? conversationIndex : sessionIndex;
  }

  /** The conversation at a place of the order; null: there is none, or it is not known yet. */
  conversationAt(phase: Phase, place: number): number | null {
    if (place >= (this.#mostSessions.get(phase) ?? Infinity)) return null;
    const { entries, isComplete } = this.#size;
    if (isComplete && !this.#traces.has(phase)) return this.#samplerOf(phase)(place);
    const goesInOrder = this.#traces.has(phase) ||
      (this.#options.config.dataset.sampling === "sequential" && phase === "profiling");
    if (goesInOrder && place < entries) return place;
    // Whoever asks again may get it.
    if (!isComplete && !this.#isLearning) this.learn().catch(() => {});
    return null;
  }

  #samplerOf(phase: Phase): Sampler {
    let sampler = this.#samplers.get(phase);
    if (sampler === undefined) {
      const { sampling, seed } = this.#options.config.dataset;
      sampler = createSampler({ entries: this.#size.entries, sampling, seed }, phase);
      this.#samplers.set(phase, sampler);
    }
    return sampler;
  }
}

/** How many sessions a phase can have: what is not used need not be made. */
function mostSessions({ load, maxRequests, maxSessions }: PhasePlan): number {
  // A trace goes by its conversations, and users that were there before may have no request left.
  if (load.kind === "fixed_schedule" || load.kind === "user_centric") return Infinity;
  return Math.min(maxRequests ?? Infinity, maxSessions ?? Infinity);
}
