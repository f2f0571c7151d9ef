import type { MessageOf } from "../../common/comms/messages.ts";
import type { Phase } from "../../common/model/credit.ts";

/** What tells of the course of a phase. */
export type PhaseEvent = MessageOf<"phase_started"> | MessageOf<"phase_complete">;

/** Keeps each start and end of a phase once, however often it is told. */
export class PhaseNotes {
  readonly #known = new Map<string, PhaseEvent>();
  #new: PhaseEvent[] = [];
  #current: Phase = "profiling";

  /** The phase that has started last. */
  get current(): Phase {
    return this.#current;
  }

  /** Whether a phase has started whose end nobody has told: then it is not known what is to come. */
  get isOpen(): boolean {
    const has = (type: PhaseEvent["type"]) => this.#known.has(`${type} ${this.#current}`);
    return has("phase_started") && !has("phase_complete");
  }

  /** The ends of phases. */
  get ended(): MessageOf<"phase_complete">[] {
    return [...this.#known.values()].filter((event) => event.type === "phase_complete");
  }

  /** Takes an event that is written down already. */
  restore(event: PhaseEvent): void {
    this.#known.set(`${event.type} ${event.phase}`, event);
    if (event.type === "phase_started") this.#current = event.phase;
  }

  /** Takes an event; false when it is known. */
  add(event: PhaseEvent): boolean {
    if (this.#known.has(`${event.type} ${event.phase}`)) return false;
    this.restore(event);
    this.#new.push(event);
    return true;
  }

  /** The events that were added since the last call. */
  takeNew(): PhaseEvent[] {
    const events = this.#new;
    this.#new = [];
    return events;
  }
}
