import type { Alarm } from "../../common/runtime/alarm.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { DueQueue } from "../../common/runtime/due_queue.ts";

/** What departures are made from. */
export interface DeparturesOptions<T> {
  readonly clock: Clock;
  /** Makes the alarm that `ring` is called by. */
  readonly alarm: (ring: () => void) => Alarm;
  /** Called when a thing may go: never before it is due, and in the order of due times. */
  readonly leave: (thing: T) => void;
}

/**
 * Keeps what has come ahead of its time until it is due.
 *
 * So the way to here, through two other processes, has some milliseconds to spare, and only this
 * process has to be punctual. What is due together leaves in one turn of the event loop.
 */
export class Departures<T> {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #leave: (thing: T) => void;
  readonly #waiting = new DueQueue<T>();
  #armedNs = Infinity;

  constructor({ clock, alarm, leave }: DeparturesOptions<T>) {
    this.#clock = clock;
    this.#leave = leave;
    this.#alarm = alarm(() => this.#release());
  }

  /** How many are not due yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Takes something that is due at `dueNs`; what is due already leaves at once. */
  add(thing: T, dueNs: number): void {
    this.#waiting.add(thing, dueNs);
    if (dueNs < this.#armedNs) this.#release();
  }

  /** Lets everything go, due or not. */
  releaseAll(): void {
    while (this.#waiting.size > 0) this.#leave(this.#waiting.take());
    this.#arm();
  }

  close(): void {
    this.#alarm.close();
  }

  #release(): void {
    for (;;) {
      const firstNs = this.#waiting.firstKey;
      if (firstNs === null || firstNs > this.#clock.nowNs()) break;
      this.#leave(this.#waiting.take());
    }
    this.#arm();
  }

  #arm(): void {
    const firstNs = this.#waiting.firstKey ?? Infinity;
    // One that rings early is set again; one that has rung has to be.
    if (firstNs === Infinity && this.#armedNs === Infinity) return;
    this.#armedNs = firstNs;
    if (firstNs === Infinity) this.#alarm.set(null);
    else this.#alarm.set(firstNs, this.#waiting.secondKey);
  }
}
