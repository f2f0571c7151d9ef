import type { Schedule } from "./arrivals.ts";
import { DueQueue } from "../../common/runtime/due_queue.ts";
import {
  afterPause,
  type Departure,
  type Leftover,
  leftover,
  type Pattern,
  type PatternEnd,
} from "./pattern.ts";
import type { Session, SessionSource } from "./sessions.ts";

/**
 * An open loop: one turn at each arrival of a schedule, whatever the answers take.
 *
 * A turn that continues a session, if one is ready, comes before a new session. An arrival that
 * finds neither, because all slots are taken, waits and keeps its due time. When all sessions have
 * been started, an arrival that finds no turn ready passes unused: there is nothing to send.
 */
export class OpenLoop implements Pattern {
  readonly #sessions: SessionSource;
  readonly #arrivals: Arrivals;
  /** Sessions by when their next turn is ready. */
  readonly #ready = new DueQueue<Session>();

  constructor(sessions: SessionSource, schedule: Schedule) {
    this.#sessions = sessions;
    this.#arrivals = new Arrivals(schedule);
  }

  get isExhausted(): boolean {
    return this.#arrivals.at(0) === Infinity;
  }

  next(slotNs: number | null): Departure | null {
    const arrivalNs = this.#arrivals.at(0);
    if (arrivalNs === Infinity) return null;
    const readyNs = this.#ready.firstKey;
    const newNs = slotNs === null ? null : Math.max(arrivalNs, slotNs);
    if (readyNs === null) {
      return newNs === null ? null : { session: null, dueNs: arrivalNs, atNs: newNs };
    }
    if (newNs !== null && readyNs > newNs) {
      return { session: null, dueNs: arrivalNs, atNs: newNs };
    }
    const dueNs = this.#sessions.isExhausted
      ? this.#arrivals.at(this.#arrivals.countBefore(readyNs))
      : Math.max(arrivalNs, readyNs);
    if (dueNs === Infinity) return null;
    return { session: this.#ready.first, dueNs, atNs: dueNs };
  }

  depart({ session, dueNs }: Departure): Session {
    if (session === null) {
      this.#arrivals.drop(1);
      return this.#sessions.start();
    }
    const unused = this.#sessions.isExhausted ? this.#arrivals.countBefore(dueNs) : 0;
    this.#arrivals.drop(unused + 1);
    return this.#ready.take();
  }

  goOn(session: Session, endedNs: number): void {
    this.#ready.add(session, afterPause(session.nextTurn.delayMs, endedNs));
  }

  countLeft(end: PatternEnd): Leftover {
    const { endNs, most } = end;
    const readyNs = this.#ready.keys().filter((ns) => ns < endNs).sort((a, b) => a - b);
    const sessions = this.#sessions.left;
    let [goingOn, starting] = [0, 0];
    while (goingOn + starting < most && this.#arrivals.at(0) < endNs) {
      if (goingOn === readyNs.length && starting >= sessions) break;
      const isReady = goingOn < readyNs.length && readyNs[goingOn]! <= this.#arrivals.at(0);
      if (isReady) goingOn++;
      else if (starting < sessions) starting++;
      this.#arrivals.drop(1);
    }
    return leftover({ goingOn, starting }, end);
  }
}

/** The arrivals that are still to come; each is asked of the schedule once. */
class Arrivals {
  readonly #schedule: Schedule;
  #asked: number[] = [];
  /** So many of those are dropped: to cut each off by itself would move all others every time. */
  #dropped = 0;
  /** How many came before those. */
  #forgotten = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** When the arrival is due that comes `position` after the next one. */
  at(position: number): number {
    const index = this.#dropped + position;
    while (this.#asked.length <= index) {
      this.#asked.push(this.#schedule.dueNs(this.#forgotten + this.#asked.length));
    }
    return this.#asked[index]!;
  }

  /** How many of the arrivals to come are due before `ns`. */
  countBefore(ns: number): number {
    // After a long pause there are many, and with every answer somebody asks.
    while (this.at(Math.max(0, this.#ahead - 1)) < ns) this.at(this.#ahead);
    let [low, high] = [0, this.#ahead - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle) < ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  drop(count: number): void {
    this.at(count - 1);
    this.#dropped += count;
    if (this.#dropped <= this.#asked.length / 2) return;
    this.#asked = this.#asked.slice(this.#dropped);
    this.#forgotten += this.#dropped;
    this.#dropped = 0;
  }

  /** How many that are still to come are known. */
  get #ahead(): number {
    return this.#asked.length - this.#dropped;
  }
}
