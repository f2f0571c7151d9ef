import type { RequestRecord } from "../model/record.ts";
import type { Logger } from "../runtime/log.ts";
import type { Peer } from "./peer.ts";
import { ResendBuffer } from "./resend_buffer.ts";
import { SteadyLink, type SteadyLinkOptions } from "./steady_link.ts";

/** What an outlet needs of its service. */
export interface RecordsOutletOptions extends Omit<SteadyLinkOptions, "onUp"> {
  readonly log: Logger;
}

/**
 * Sends records to the records manager and keeps each until it is in the journal.
 *
 * When the records manager goes away and comes back, it gets again what it has not acknowledged;
 * those that it has in its journal it knows by their credits.
 */
export class RecordsOutlet {
  readonly #link: SteadyLink;
  readonly #log: Logger;
  readonly #waiting = new ResendBuffer();

  constructor(options: RecordsOutletOptions) {
    this.#log = options.log;
    this.#link = new SteadyLink({ ...options, onUp: (peer) => this.#sendAgain(peer) });
  }

  /** Records that are not known to be in the journal. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Records that are known to be in the journal: the first so many that were sent. */
  get safe(): number {
    return this.#waiting.safe;
  }

  /** Connects for the first time; rejects when the records manager is not there. */
  open(): Promise<void> {
    return this.#link.open();
  }

  /** Sends a record; throws when far too many are not acknowledged. */
  send(record: RequestRecord): void {
    const text = JSON.stringify({ type: "record", record });
    this.#waiting.add(text);
    void this.#link.peer?.channel.sendTextLater(text);
  }

  /** Takes an acknowledgement in; one over a connection that is no more means nothing. */
  acknowledge(count: number, peer: Peer): void {
    if (peer === this.#link.peer) this.#waiting.acknowledge(count);
  }

  #sendAgain(peer: Peer): void {
    const texts = this.#waiting.reconnect();
    if (texts.length > 0) this.#log.info(`Sends ${texts.length} records to ${peer.id} again`);
    for (const text of texts) void peer.sendText(text);
  }
}
