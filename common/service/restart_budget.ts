/** How often a process may be started again before it counts as broken. */
export interface RestartLimit {
  /** So many restarts … */
  readonly most: number;
  /** … within so many nanoseconds. */
  readonly withinNs: number;
}

/** A process that dies now and then is replaced; one that dies again and again ends the run. */
const DEFAULT_LIMIT: RestartLimit = { most: 10, withinNs: 10e9 };

/** Keeps a crash loop from going on for ever. */
export class RestartBudget {
  readonly #limit: RestartLimit;
  #restartsNs: number[] = [];

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** Whether one more restart is within the limit; counts it if so. */
  take(nowNs: number): boolean {
    const { most, withinNs } = this.#limit;
    this.#restartsNs = this.#restartsNs.filter((atNs) => nowNs - atNs < withinNs);
    if (this.#restartsNs.length >= most) return false;
    this.#restartsNs.push(nowNs);
    return true;
  }
}
