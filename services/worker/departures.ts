import type { WriteGate } from "../../common/http/write_gate.ts";
import type { Alarm } from "../../common/runtime/alarm.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { DueQueue } from "../../common/runtime/due_queue.ts";

/** What is to leave when it is due. */
export interface Departing {
  /** Does what can be done beforehand; called again when there is more of it, not after `leave`. */
  prepare(): void;
  /** Called once: never before it is due, and in the order of due times. */
  leave(): void;
}

/** What departures are made from. */
export interface DeparturesOptions {
  readonly clock: Clock;
  /** What the requests that leave have to pass. */
  readonly gate: WriteGate;
  /** Makes the alarm that `ring` is called by. */
  readonly alarm: (ring: () => void) => Alarm;
}

/** Nothing is prepared when something is due so soon, or sooner than the last preparation took. */
const MARGIN_NS = 0.2e6;

/** So many leave in a row; more would keep the first of them waiting for too long. */
const MOST_TOGETHER = 256;

interface Entry {
  readonly thing: Departing;
  stage: "new" | "prepared" | "left";
}

/**
 * Keeps what has come ahead of its time until it is due.
 *
 * So the way to here, through two other processes, has some milliseconds to spare, and only this
 * process has to be punctual. What is due together leaves in one turn of the event loop, and all that
 * can be done for it before that is done in the gaps between departures.
 */
export class Departures {
  readonly #clock: Clock;
  readonly #gate: WriteGate;
  readonly #alarm: Alarm;
  readonly #waiting = new DueQueue<Entry>();
  /** Those that may still have to be prepared; those that have left are dropped at the next look. */
  readonly #unprepared = new DueQueue<Entry>();
  #armedNs = Infinity;
  #preparationNs = 0;

  constructor({ clock, gate, alarm }: DeparturesOptions) {
    this.#clock = clock;
    this.#gate = gate;
    this.#alarm = alarm(() => this.#release());
  }

  /** How many are not due yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** How many of them are not prepared yet. */
  get unprepared(): number {
    return this.#unprepared.size;
  }

  /**
   * Takes something that is due at `dueNs`; what is due already leaves at once.
   *
   * Returns what is to be called when it can be prepared further than before.
   */
  add(thing: Departing, dueNs: number): () => void {
    const entry: Entry = { thing, stage: "new" };
    this.#waiting.add(entry, dueNs);
    this.#unprepared.add(entry, dueNs);
    if (dueNs < this.#armedNs || this.#isAnyDue) this.#release();
    else this.#prepare();
    return () => this.#renew(entry, dueNs);
  }

  #renew(entry: Entry, dueNs: number): void {
    if (entry.stage !== "prepared") return;
    entry.stage = "new";
    this.#unprepared.add(entry, dueNs);
    this.#prepare();
  }

  /** Lets what is due go, without waiting for the alarm: for who works long. */
  look(): void {
    if (this.#isAnyDue) this.#release();
  }

  /** Lets everything go, due or not. */
  releaseAll(): void {
    while (this.#waiting.size > 0) this.#letGo();
    this.#arm();
  }

  close(): void {
    this.#alarm.close();
  }

  get #isAnyDue(): boolean {
    const firstNs = this.#waiting.firstKey;
    return firstNs !== null && firstNs <= this.#clock.nowNs();
  }

  #release(): void {
    while (this.#isAnyDue) this.#gate.holdDuring(() => this.#letGoTogether());
    this.#arm();
    this.#prepare();
  }

  #letGoTogether(): void {
    for (let left = 0; left < MOST_TOGETHER && this.#isAnyDue; left++) this.#letGo();
  }

  #letGo(): void {
    const entry = this.#waiting.take();
    entry.stage = "left";
    entry.thing.leave();
  }

  /** Uses the time until the next departure. */
  #prepare(): void {
    for (let entry = this.#unprepared.first; entry !== null; entry = this.#unprepared.first) {
      if (entry.stage === "new" && !this.#tryToPrepare(entry)) return;
      this.#unprepared.take();
    }
  }

  /** Whether there was time for it. */
  #tryToPrepare(entry: Entry): boolean {
    const nowNs = this.#clock.nowNs();
    const dueNs = this.#waiting.firstKey!;
    if (dueNs - nowNs < Math.max(MARGIN_NS, this.#preparationNs)) return false;
    entry.stage = "prepared";
    entry.thing.prepare();
    this.#preparationNs = this.#clock.nowNs() - nowNs;
    return true;
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
