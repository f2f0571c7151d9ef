import type { Credit } from "../../common/model/credit.ts";
import { urlIndexOf } from "../../common/model/model_choice.ts";

/** What is opened ahead, and when. */
export interface ConnectionsAheadOptions {
  readonly urls: readonly string[];
  /** Sees to it that so many connections to a URL are open or on their way. */
  connectAhead(url: string, count: number): void;
  /** Whether the first requests of the credit's phase leave together, however they are due. */
  startsTogether(credit: Credit): boolean;
}

/**
 * Has connections opened for requests that wait for their time, where many are due at once.
 *
 * A request that is due alone opens its connection itself, if none is idle, and that is a part of its
 * latency. Of many at once each would wait for the others' connections, too.
 */
export class ConnectionsAhead {
  readonly #options: ConnectionsAheadOptions;
  /** The ids of the credits that wait. */
  readonly #waiting = new Set<number>();
  /** How many wait for each URL, and for each time of it. */
  readonly #ofUrl: number[];
  readonly #ofTime: readonly Map<number, number>[];

  constructor(options: ConnectionsAheadOptions) {
    this.#options = options;
    this.#ofUrl = options.urls.map(() => 0);
    this.#ofTime = options.urls.map(() => new Map());
  }

  /** How many times the requests that wait are due at. */
  get times(): number {
    return this.#ofTime.reduce((sum, { size }) => sum + size, 0);
  }

  /** A credit is here ahead of its time. */
  wait(credit: Credit): void {
    const { urls } = this.#options;
    const urlIndex = urlIndexOf(credit, urls.length);
    const ofTime = this.#ofTime[urlIndex]!;
    const together = (ofTime.get(credit.dueNs) ?? 0) + 1;
    this.#waiting.add(credit.id);
    ofTime.set(credit.dueNs, together);
    const count = this.#ofUrl[urlIndex]! += 1;
    // One for each that waits: those who are due a little earlier take what is open by then.
    if (together > 1 || this.#options.startsTogether(credit)) {
      this.#options.connectAhead(urls[urlIndex]!, count);
    }
  }

  /** A credit has left, or was called off; nothing happens when it did not wait. */
  leave(credit: Credit): void {
    if (!this.#waiting.delete(credit.id)) return;
    const urlIndex = urlIndexOf(credit, this.#options.urls.length);
    this.#ofUrl[urlIndex]! -= 1;
    const ofTime = this.#ofTime[urlIndex]!;
    const left = ofTime.get(credit.dueNs)! - 1;
    if (left === 0) ofTime.delete(credit.dueNs);
    else ofTime.set(credit.dueNs, left);
  }
}
