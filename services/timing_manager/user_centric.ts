import type { LoadPlan } from "../../common/model/run_config.ts";
import { DueQueue } from "../../common/runtime/due_queue.ts";
import {
  type Departure,
  type Leftover,
  leftover,
  type Pattern,
  type PatternEnd,
} from "./pattern.ts";
import type { Session, SessionSource } from "./sessions.ts";

type UserCentricPlan = Extract<LoadPlan, { kind: "user_centric" }>;

/** From where on a user's turns are counted. */
interface Anchor {
  readonly atNs: number;
  /** Turns sent before it. */
  readonly turns: number;
}

/**
 * Users who take turns: each has one every `users / rate` seconds, all together `rate` a second.
 *
 * Time is cut into places, `1 / rate` apart; seat `n` of `users` has the places `n`, `n + users`,
 * `n + 2·users`, …. A user takes as many places of a seat as its conversation has turns, then the
 * next user takes the seat, whether or not the last answer has come. An answer that takes longer
 * than the gap moves the rest of that user's turns, and nobody else's: the next turn goes out when
 * the answer is there, and the gap is kept from then on.
 *
 * So that the run starts in the middle of the life of most users, the first user of each seat has
 * only a part of its turns left: seat 0 has a whole conversation, the others are spread evenly.
 */
export class UserCentric implements Pattern {
  readonly isExhausted = false;
  readonly #sessions: SessionSource;
  readonly #plan: UserCentricPlan;
  readonly #startNs: number;
  readonly #gapNs: number;
  /** Places at which a new user takes a seat. */
  readonly #arrivals = new DueQueue<number>();
  readonly #waiting = new DueQueue<Session>();
  readonly #anchors = new WeakMap<Session, Anchor>();

  constructor(sessions: SessionSource, plan: UserCentricPlan, startNs: number) {
    this.#sessions = sessions;
    this.#plan = plan;
    this.#startNs = startNs;
    this.#gapNs = plan.users * 1e9 / plan.ratePerSecond;
    for (let seat = 0; seat < plan.users; seat++) this.#arrivals.add(seat, seat);
  }

  next(slotNs: number | null): Departure | null {
    const turnNs = this.#waiting.firstKey;
    const turn = turnNs === null
      ? null
      : { session: this.#waiting.first, dueNs: turnNs, atNs: turnNs };
    if (slotNs === null) return turn;
    const dueNs = this.#placeNs(this.#arrivals.first!);
    const atNs = Math.max(dueNs, slotNs);
    return turn !== null && turn.atNs <= atNs ? turn : { session: null, dueNs, atNs };
  }

  depart({ session, dueNs }: Departure): Session {
    if (session !== null) return this.#waiting.take();
    const place = this.#arrivals.take();
    const { users } = this.#plan;
    const turns = this.#sessions.nextTurns.length;
    const left = place < users ? turns - turnsBehind(place, { users, turns }) : turns;
    this.#arrivals.add(place + left * users, place + left * users);
    const user = this.#sessions.start(left);
    this.#anchors.set(user, { atNs: dueNs, turns: 0 });
    return user;
  }

  goOn(session: Session, endedNs: number): void {
    const anchor = this.#anchors.get(session)!;
    const plannedNs = anchor.atNs + Math.round((session.sent - anchor.turns) * this.#gapNs);
    const dueNs = Math.max(plannedNs, endedNs);
    if (dueNs > plannedNs) this.#anchors.set(session, { atNs: dueNs, turns: session.sent });
    this.#waiting.add(session, dueNs);
  }

  /** Of the users that have not begun every place counts; those who have, wait for one turn at most. */
  countLeft(end: PatternEnd): Leftover {
    const { endNs } = end;
    const { users } = this.#plan;
    const places = this.#placesBefore(endNs);
    const ofSeats = this.#arrivals.keys()
      .map((place) => Math.max(0, Math.ceil((places - place) / users)));
    const turns = this.#sessions.isReady ? this.#sessions.nextTurns.length : 1;
    const starting = Math.min(ofSeats.reduce((a, b) => a + b, 0), this.#sessions.left * turns);
    return leftover({ goingOn: this.#waiting.countBefore(endNs), starting }, end);
  }

  #placesBefore(endNs: number): number {
    let places = Math.max(0, Math.ceil((endNs - this.#startNs) * this.#plan.ratePerSecond / 1e9));
    while (places > 0 && this.#placeNs(places - 1) >= endNs) places--;
    while (this.#placeNs(places) < endNs) places++;
    return places;
  }

  #placeNs(place: number): number {
    return this.#startNs + Math.round(place * 1e9 / this.#plan.ratePerSecond);
  }
}

/** How many of its turns the first user of a seat has behind it; seat 0: none. */
export function turnsBehind(
  seat: number,
  { users, turns }: { readonly users: number; readonly turns: number },
): number {
  // Neighbours get ages far from each other, and every age comes up once.
  return Math.floor(turns * (seat * spreadingStep(users) % users) / users);
}

/** A step through `users` seats that comes by each of them once: near the golden section of them. */
function spreadingStep(users: number): number {
  let step = Math.max(1, Math.round(users * 0.618));
  while (greatestCommonDivisor(step, users) > 1) step++;
  return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
