import type { Message } from "../comms/messages.ts";
import type { RunEvent } from "../model/run_event.ts";
import { RUN_EVENT_TYPES } from "../model/run_event_types.ts";
import { BaseService } from "./base_service.ts";
import { hooksOf, onMessage } from "./hooks.ts";
import type { Peer } from "./peer.ts";

/** The service that every other one reports to: it has the bus and forwards what is published. */
export abstract class ControllerService extends BaseService {
  readonly #subscribers = new Map<string, Set<Peer>>();
  readonly #lastSeenNs = new Map<string, number>();
  /** The last event of each kind and phase. */
  readonly #events = new Map<string, RunEvent>();

  /** Nanoseconds since the run's epoch when a service was last heard of; null for a stranger. */
  lastSeenNs(serviceId: string): number | null {
    return this.#lastSeenNs.get(serviceId) ?? null;
  }

  @onMessage("subscribe")
  protected subscribe({ topics }: Message & { type: "subscribe" }, peer: Peer): void {
    for (const topic of topics) {
      const peers = this.#subscribers.get(topic) ?? new Set<Peer>();
      this.#subscribers.set(topic, peers.add(peer));
    }
    // Who is started again in mid-run gets to know where it stands.
    for (const event of this.#events.values()) {
      if (topics.includes(event.type)) void peer.send(event);
    }
  }

  @onMessage("heartbeat")
  protected noteHeartbeat(_message: Message, _peer: Peer): void {
    // Every message is a sign of life; `dispatch` has noted it.
  }

  @onMessage("status")
  protected noteStatus({ state }: Message & { type: "status" }, peer: Peer): void {
    this.log.debug(`${peer.id} is ${state}`);
  }

  protected override peerJoined(peer: Peer): void {
    this.#lastSeenNs.set(peer.id, this.clock.nowNs());
  }

  protected override peerLeft(peer: Peer): void {
    for (const peers of this.#subscribers.values()) peers.delete(peer);
    this.#lastSeenNs.delete(peer.id);
  }

  protected override dispatch(message: Message, peer: Peer, text: string): void | Promise<void> {
    this.#lastSeenNs.set(peer.id, this.clock.nowNs());
    if (!RUN_EVENT_TYPES.has(message.type)) return super.dispatch(message, peer, text);
    this.#keep(message as RunEvent);
    for (const subscriber of this.#subscribers.get(message.type) ?? []) {
      void subscriber.send(message);
    }
    if (hooksOf(this).messages.has(message.type)) return super.dispatch(message, peer, text);
  }

  #keep(event: RunEvent): void {
    const phase = "phase" in event ? event.phase : "";
    this.#events.set(`${event.type} ${phase}`, event);
  }
}
