import type { Credit, Outcome } from "../../common/model/credit.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import { BriefMap } from "../../common/runtime/brief_map.ts";
import { Cancellation } from "./cancellation.ts";
import { createPattern, type PatternOptions, type PatternParts } from "./create_pattern.ts";
import type { Departure } from "./pattern.ts";
import { PrefillLimit } from "./prefill_limit.ts";
import type { Session } from "./sessions.ts";

/** Which turn a credit is for. */
export type CreditedTurn = Pick<
  Credit,
  | "conversationIndex"
  | "turnIndex"
  | "sessionIndex"
  | "isLastTurn"
  | "cancelAfterNs"
>;

/**
 * What a phase sends next: its pattern, within the limits on sessions and on prefill.
 *
 * A session keeps its slot until its last turn has been answered or one of its turns has failed.
 */
export class TurnSource {
  readonly #plan: PhasePlan;
  readonly #parts: PatternParts;
  readonly #prefill: PrefillLimit | null;
  readonly #cancellation: Cancellation;
  readonly #inFlight = new BriefMap<number, Session>();
  /** Sessions that have begun and of which there are turns to send. */
  #unfinished = 0;

  /** Throws a TraceError when the data set cannot be replayed. */
  constructor(options: PatternOptions) {
    const { plan, dataset, startNs } = options;
    const { phase, prefill, cancellation } = plan;
    this.#plan = plan;
    this.#parts = createPattern(options);
    this.#prefill = prefill && new PrefillLimit({ ...prefill, startNs });
    this.#cancellation = new Cancellation(cancellation, { seed: dataset.seed, phase });
  }

  /** The turn to be sent next, with all limits taken into account; null: none for now. */
  next(): Departure | null {
    const { pattern, sessions, slots } = this.#parts;
    const slotNs = slots === null ? -Infinity : slots.nextFreeNs;
    const next = pattern.next(sessions.isReady ? slotNs : null);
    if (next === null || this.#prefill === null) return next;
    const freeNs = this.#prefill.nextFreeNs;
    if (freeNs === null) return null;
    return freeNs <= next.atNs ? next : { ...next, atNs: freeNs };
  }

  /** Takes what `next` has just told, for the credit of this id. */
  take(next: Departure, creditId: number): CreditedTurn {
    const session = this.#parts.pattern.depart(next);
    if (next.session === null) {
      this.#parts.slots?.take();
      this.#unfinished++;
    }
    this.#prefill?.enter(creditId);
    this.#inFlight.set(creditId, session);
    const turnIndex = session.sent++;
    if (session.isOver) this.#unfinished--;
    return {
      conversationIndex: session.conversationIndex,
      turnIndex,
      sessionIndex: session.index,
      isLastTurn: session.isOver,
      cancelAfterNs: this.#cancellation.draw(),
    };
  }

  /** A request has ended: its session goes on, or ends and frees its slot. */
  giveBack(creditId: number, outcome: Outcome, endedNs: number): void {
    const session = this.#inFlight.get(creditId);
    if (session === undefined) return;
    this.#inFlight.delete(creditId);
    this.#prefill?.leave(creditId, endedNs);
    if (outcome === "success" && !session.isOver) {
      this.#parts.pattern.goOn(session, endedNs);
      return;
    }
    if (!session.isOver) this.#unfinished--;
    this.#parts.slots?.giveBack(endedNs);
  }

  /** A request had its first token at `atNs`. */
  noteFirstToken(creditId: number, atNs: number): void {
    this.#prefill?.leave(creditId, atNs);
  }

  /** Why nothing more will come, now or later; null: something may. */
  get end(): "count" | "schedule" | null {
    const { pattern, sessions } = this.#parts;
    if (pattern.isExhausted) return "schedule";
    if (!sessions.isExhausted || this.#unfinished > 0) return null;
    return sessions.started === this.#plan.maxSessions ? "count" : "schedule";
  }

  /**
   * What was due before `endNs` and is not sent, counted up to `most`; nothing can be taken any more.
   *
   * `atNs`: what could go then is overdue, the rest has no slot.
   */
  countLeft(
    { endNs, atNs, most }: { readonly endNs: number; readonly atNs: number; readonly most: number },
  ): { overdue: number; unsent: number } {
    const { pattern, slots } = this.#parts;
    const freeSlots = slots?.countFree(atNs) ?? Infinity;
    const { free, held } = pattern.countLeft({ endNs, freeSlots, most });
    const overdue = Math.min(free, this.#prefill?.countFree(atNs) ?? Infinity);
    return { overdue, unsent: free + held - overdue };
  }
}
