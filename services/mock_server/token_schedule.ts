import { type Random, randomNormal } from "../../common/runtime/random.ts";

/** The pauses of an answer. */
export interface Pace {
  readonly ttftMs: number;
  readonly itlMs: number;
  /** Standard deviation as a fraction of each pause, 0 to 1. */
  readonly jitter: number;
}

/**
 * When each token of one answer is due, in milliseconds after the request was received.
 *
 * Without jitter token k (from 0) is due at `ttft + k × itl`. With jitter j the first token moves by
 * a normal deviate of standard deviation `j × ttft` and takes the schedule with it; each later token
 * deviates from its place on that schedule by a normal deviate of standard deviation `j × itl`.
 * Deviations never add up, a token is never due before the one before it or before the request.
 */
export class TokenSchedule {
  readonly #pace: Pace;
  readonly #random: Random;
  readonly #firstMs: number;
  #index = 0;
  #offsetMs: number;

  constructor(pace: Pace, random: Random) {
    this.#pace = pace;
    this.#random = random;
    const { ttftMs, jitter } = pace;
    this.#firstMs = Math.max(0, randomNormal(random, ttftMs, jitter * ttftMs));
    this.#offsetMs = this.#firstMs;
  }

  /** Index of the token that is next. */
  get index(): number {
    return this.#index;
  }

  /** When the next token is due. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Goes on to the following token. */
  advance(): void {
    this.#index++;
    const { itlMs, jitter } = this.#pace;
    const placeMs = this.#firstMs + this.#index * itlMs;
    const dueMs = jitter === 0 ? placeMs : randomNormal(this.#random, placeMs, jitter * itlMs);
    this.#offsetMs = Math.max(this.#offsetMs, dueMs);
  }

  /** Goes on to token `index`; never back. */
  advanceTo(index: number): void {
    if (this.#pace.jitter === 0 && index > this.#index) this.#index = index - 1;
    while (this.#index < index) this.advance();
  }
}
