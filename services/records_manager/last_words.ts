import type { Clock } from "../../common/runtime/clock.ts";
import { atMost } from "../../common/service/at_most.ts";
import type { Peer } from "../../common/service/peer.ts";

/** What a dead process has said is there to be read; so long for who is not dead after all. */
const PATIENCE_MS = 300;

/** Waits until what workers have said is read to its end, once for each of them. */
export class LastWords {
  readonly #clock: Clock;
  readonly #heard = new WeakMap<Peer, Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the connection of a worker has ended, or it has had its time. */
  of(worker: Peer): Promise<void> {
    let heard = this.#heard.get(worker);
    if (heard === undefined) this.#heard.set(worker, heard = this.#hear(worker));
    return heard;
  }

  async #hear(worker: Peer): Promise<void> {
    await atMost(this.#clock, PATIENCE_MS, worker.channel.closed);
  }
}
