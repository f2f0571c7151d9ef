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

interface Waiting {
  readonly urlIndex: number;
  /** Those of one URL that are due at the same time have the same. */
  readonly group: string;
}

/**
 * Has connections opened for requests that wait for their time, where many are due at once.
 *
 * A request that is due alone opens its connection itself, if none is idle, and that is a part of its
 * latency. Of many at once each would wait for the others' connections, too.
 */
export class ConnectionsAhead {
  readonly #options: ConnectionsAheadOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** How many wait for each URL, and for each time of it. */
  readonly #ofUrl: number[];
  readonly #ofGroup = new Map<string, number>();

  constructor(options: ConnectionsAheadOptions) {
    this.#options = options;
    this.#ofUrl = options.urls.map(() => 0);
  }

  /** How many times the requests that wait are due at. */
  get groups(): number {
    return this.#ofGroup.size;
  }

  /** A credit is here ahead of its time. */
  wait(credit: Credit): void {
    const { urls } = this.#options;
    const urlIndex = urlIndexOf(credit, urls.length);
    const group = `${urlIndex} ${credit.dueNs}`;
    const together = (this.#ofGroup.get(group) ?? 0) + 1;
    this.#waiting.set(credit.id, { urlIndex, group });
    this.#ofGroup.set(group, together);
    const count = this.#ofUrl[urlIndex]! += 1;
    // One for each that waits: those who are due a little earlier take what is open by then.
    if (together > 1 || this.#options.startsTogether(credit)) {
      this.#options.connectAhead(urls[urlIndex]!, count);
    }
  }

  /** A credit has left, or was called off; nothing happens when it did not wait. */
  leave(creditId: number): void {
    const waiting = this.#waiting.get(creditId);
    if (waiting === undefined) return;
    const { urlIndex, group } = waiting;
    this.#waiting.delete(creditId);
    this.#ofUrl[urlIndex]! -= 1;
    const left = this.#ofGroup.get(group)! - 1;
    if (left === 0) this.#ofGroup.delete(group);
    else this.#ofGroup.set(group, left);
  }
}
