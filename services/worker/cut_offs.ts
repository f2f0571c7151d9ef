import type { Credit, Phase } from "../../common/model/credit.ts";
import type { Clock } from "../../common/runtime/clock.ts";

/** Cuts off the requests of one phase, all at once. */
class CutOff {
  readonly #clock: Clock;
  readonly #controller = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What ends the request of a credit, which is to be sent now.
   *
   * Of a phase that is over by the clock nothing is sent, and nothing goes on: a worker with thousands
   * of credits in line would hear of the end last of all.
   */
  signalFor({ cutOffNs }: Pick<Credit, "cutOffNs">): AbortSignal {
    const { signal } = this.#controller;
    if (!signal.aborted && cutOffNs !== undefined && cutOffNs <= this.#clock.nowNs()) this.now();
    return signal;
  }

  now(): void {
    this.#controller.abort("the phase is over");
  }
}

/** The cut-offs of the phases that a worker has credits of. */
export class CutOffs {
  readonly #clock: Clock;
  readonly #phases = new Map<Phase, CutOff>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the requests of a phase are cut off by, from now until `all()`. */
  of(phase: Phase): CutOff {
    const known = this.#phases.get(phase);
    if (known !== undefined) return known;
    const cutOff = new CutOff(this.#clock);
    if (this.#isClosed) cutOff.now();
    this.#phases.set(phase, cutOff);
    return cutOff;
  }

  /** Cuts off every request so far; what comes later is sent. */
  all(): void {
    for (const cutOff of this.#phases.values()) cutOff.now();
    this.#phases.clear();
  }

  /** Cuts off every request, also those to come. */
  close(): void {
    this.#isClosed = true;
    this.all();
  }
}
