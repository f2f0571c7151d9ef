import type { Conversation } from "../../common/model/conversation.ts";
import type { Credit } from "../../common/model/credit.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import type { AbortableWaits } from "./abortable_waits.ts";
import type { Departing } from "./departures.ts";
import type { RequestJob } from "./send_request.ts";

/** A credit that has come, and its conversation or the promise of it. */
export interface CreditInHand {
  readonly credit: Credit;
  readonly conversation: Conversation | Promise<Conversation>;
  /** When it came, in ns since the run's epoch. */
  readonly receivedNs: number;
}

/** What a request that waits for its time needs of the worker; `T` is a request that can go out. */
export interface DueRequestPorts<T> {
  readonly clock: Clock;
  /** Ends when nothing is to be sent any more. */
  readonly waits: AbortableWaits;
  prepare(received: Omit<RequestJob, "session">): T;
  /** Rejects only with a fault of the program. */
  send(prepared: T): Promise<void>;
  onFault(error: unknown): void;
}

/** The request of a credit: prepared as soon as its conversation is here, sent when it is due. */
export class DueRequest<T> implements Departing {
  readonly #inHand: CreditInHand;
  readonly #ports: DueRequestPorts<T>;
  #conversation: Conversation | Promise<Conversation>;
  #prepared: T | null = null;

  constructor(inHand: CreditInHand, ports: DueRequestPorts<T>) {
    this.#inHand = inHand;
    this.#conversation = inHand.conversation;
    this.#ports = ports;
  }

  /** Calls `prepareNow` when the conversation comes that could not be waited for; never if none does. */
  onArrival(prepareNow: () => void): void {
    const { conversation } = this.#inHand;
    if (!(conversation instanceof Promise)) return;
    conversation.then((arrived) => {
      this.#conversation = arrived;
      prepareNow();
    }, () => {
      // Who waits for it when it is due gets to know.
    });
  }

  prepare(): void {
    const conversation = this.#conversation;
    if (conversation instanceof Promise) return;
    try {
      this.#prepared = this.#prepareWith(conversation, 0);
    } catch {
      // It fails again when it is due, and is told then.
    }
  }

  leave(): void {
    this.#send().catch(this.#ports.onFault);
  }

  /** Not a turn of the event loop later, if all is there. */
  async #send(): Promise<void> {
    const conversation = this.#conversation;
    await this.#ports.send(
      conversation instanceof Promise
        ? await this.#waitFor(conversation)
        : this.#prepared ?? this.#prepareWith(conversation, 0),
    );
  }

  async #waitFor(conversation: Promise<Conversation>): Promise<T> {
    const { clock, waits } = this.#ports;
    const dueNs = clock.nowNs();
    const late = await waits.wait(conversation);
    // Without it the request was cut off before it could be sent: the signal says so.
    return this.#prepareWith(late ?? unknown(this.#inHand.credit), clock.nowNs() - dueNs);
  }

  #prepareWith(conversation: Conversation, conversationWaitNs: number): T {
    const { credit, receivedNs } = this.#inHand;
    return this.#ports.prepare({ credit, conversation, receivedNs, conversationWaitNs });
  }
}

/** What stands for a conversation that did not come. */
function unknown({ conversationIndex }: Credit): Conversation {
  return { index: conversationIndex, id: "", opening: [], turns: [] };
}
