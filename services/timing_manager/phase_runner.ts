import type { Credit, CreditReturn } from "../../common/model/credit.ts";
import { endsOverFailureLimit, isOverFailureLimit } from "../../common/model/failure_limit.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import type { StopReason } from "../../common/model/run_event.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { UNREAD_REASON } from "../../common/runtime/unread_reason.ts";
import type { CreditLedger, PhaseAccount, Settlement } from "./credit_ledger.ts";
import { DRAIN_LOOK_MS, DrainPatience } from "./drain_patience.ts";
import { type Outlines, SINGLE_TURNS } from "./outlines.ts";
import { type Lead, NO_LEAD } from "./lead.ts";
import type { Pacer } from "./pacer.ts";
import type { Departure } from "./pattern.ts";
import type { EarlySamplingPlan } from "./early_sampler.ts";
import { StopRule } from "./stop_rule.ts";
import type { TraceStarts } from "./trace_starts.ts";
import { TurnSource } from "./turn_source.ts";
import { type FullWay, WayOut } from "./way_out.ts";

/** Unsent requests are counted one by one; so many take half a second. */
const MOST_UNSENT = 10_000_000;

/** What a phase needs of the world. */
export interface PhasePorts {
  readonly clock: Clock;
  readonly pacer: Pacer;
  /**
   * Lets a credit go. When the way out is full, nothing is sent until there is room again, and what
   * becomes due meanwhile goes out late.
   */
  issue(credit: Credit): FullWay | null;
  /** Asks for every request in flight to be cut off; each still comes back as a return. */
  cancelInFlight(): void;
}

/** What a phase is made from. */
export interface PhaseRunnerOptions {
  readonly plan: PhasePlan;
  readonly dataset: EarlySamplingPlan;
  /** The turns of the conversations. Default: one each. */
  readonly outlines?: Outlines;
  /** When the conversations begin, for a fixed schedule. */
  readonly starts?: TraceStarts | null;
  /** The run's ledger: ids go on from phase to phase. */
  readonly ledger: CreditLedger;
  readonly ports: PhasePorts;
  /** How long before they are due credits go out; default: not at all. */
  readonly lead?: Lead;
}

/** How a phase ended. Instants are nanoseconds since the run's epoch. */
export interface PhaseOutcome {
  readonly startNs: number;
  /** When the last credit came back or was given up. */
  readonly endNs: number;
  readonly issued: number;
  /** Why sending stopped. */
  readonly reason: StopReason;
  /** True when the phase was cancelled from outside, be it after sending had stopped. */
  readonly wasCancelled: boolean;
  /** True when that, or too many failures, ended it before its time. */
  readonly wasCutShort: boolean;
  /**
   * Requests that were due when the duration ended but had not found a free slot: never sent.
   * Counted up to ten million.
   */
  readonly unsent: number;
  /** Those that were due, and that workers were too far behind to be given: likewise. */
  readonly overdue: number;
  /** Credits that never came back; the account has them as lost. */
  readonly missing: readonly Credit[];
  readonly account: PhaseAccount;
}

/**
 * Runs one phase: issues its credits, takes them back, and ends.
 *
 * The pattern says what is due when; a credit that is late, or finds no free slot, goes out as soon
 * as it can and keeps its due time. When sending has stopped, requests in flight may go on for the
 * grace period; then they are cancelled.
 */
export class PhaseRunner {
  readonly #options: PhaseRunnerOptions;
  readonly #plan: PhasePlan;
  readonly #ledger: CreditLedger;
  readonly #ports: PhasePorts;
  readonly #lead: Lead;
  readonly #sendingStopped = new AbortController();

  #turns: TurnSource | null = null;
  #rule: StopRule | null = null;
  /** The zero of the schedule. */
  #startNs = -Infinity;
  #issued = 0;
  #unsent = 0;
  #overdue = 0;
  #reason: StopReason | null = null;
  #wasCancelled = false;
  /** When what is in flight is cut off before its time; Infinity: not at all. */
  #cutOffNs = Infinity;
  readonly #wayOut = new WayOut();
  /** Wakes the one who waits for something to send, for the last return or for a new deadline. */
  #wake: (() => void) | null = null;
  /** The pause of the pacer that is under way, and its end. */
  #interruption = new AbortController();
  #pausedUntilNs = -Infinity;

  constructor(options: PhaseRunnerOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#ledger = options.ledger;
    this.#ports = options.ports;
    this.#lead = options.lead ?? NO_LEAD;
  }

  /** How far the phase is. */
  get progress(): { issued: number; returned: number; inFlight: number } {
    const inFlight = this.#inFlight;
    return { issued: this.#issued, returned: this.#issued - inFlight, inFlight };
  }

  /**
   * Runs the phase, once; `startNs` is the zero of its schedule, usually now.
   *
   * Rejects with a TraceError when the data set cannot be replayed.
   */
  async run(startNs: number): Promise<PhaseOutcome> {
    const rule = new StopRule(this.#plan, startNs);
    this.#startNs = startNs;
    const { plan, dataset, outlines = SINGLE_TURNS, starts = null } = this.#options;
    const onReady = () => this.#goAhead();
    this.#turns = new TurnSource({ plan, dataset, outlines, starts, startNs, onReady });
    this.#rule = rule;
    const ended = this.#sleepUntil(rule.endNs, this.#sendingStopped.signal);
    void ended.then(() => this.#wakeUp());
    await this.#send(rule);
    await ended;
    this.#stopSending("duration");
    const missing = await this.#finish(rule);
    this.#checkAllFailures(missing.length);
    return {
      startNs,
      // It may be called off before its schedule begins.
      endNs: Math.max(startNs, this.#ports.clock.nowNs()),
      issued: this.#issued,
      reason: this.#reason!,
      wasCancelled: this.#wasCancelled,
      wasCutShort: this.#cutOffNs < Infinity,
      unsent: this.#unsent,
      overdue: this.#overdue,
      missing,
      account: this.#ledger.account(this.#plan.phase),
    };
  }

  /** Takes a credit back; what it makes way for goes out before this returns. */
  onReturn(creditReturn: CreditReturn): Settlement {
    const settlement = this.#ledger.settle(creditReturn);
    const { creditId, phase, outcome, endedNs } = creditReturn;
    if (settlement.kind === "settled" && phase === this.#plan.phase) {
      this.#turns!.giveBack(creditId, outcome, this.#knownSince(endedNs));
      this.#checkFailures();
      this.#goAhead();
    }
    return settlement;
  }

  /** A request has had its first token; what that makes way for goes out before this returns. */
  onFirstToken(creditId: number, atNs?: number): void {
    this.#turns?.noteFirstToken(creditId, this.#knownSince(atNs));
    this.#goAhead();
  }

  /**
   * What waits for something can go from when that has happened, not from when we hear of it; and not
   * before the schedule begins, where a request was lost ahead of it.
   */
  #knownSince(happenedNs: number | undefined): number {
    const nowNs = this.#ports.clock.nowNs();
    return Math.max(this.#startNs, Math.min(happenedNs ?? nowNs, nowNs));
  }

  /**
   * Stops sending at once; what is in flight may go on for `graceMs`, then it is cancelled. Before the
   * schedule begins nothing is: what waits in the workers' hands is called off.
   */
  cancel(graceMs: number): void {
    this.#wasCancelled = true;
    const hasBegun = this.#ports.clock.nowNs() >= this.#startNs;
    this.#cutOff("cancelled", hasBegun ? graceMs : 0);
  }

  get #hasStopped(): boolean {
    return this.#reason !== null;
  }

  get #inFlight(): number {
    return this.#ledger.inFlight(this.#plan.phase);
  }

  /** Sends what is due when it is due, until sending has stopped or the duration is over. */
  async #send({ endNs, graceEndNs }: StopRule): Promise<void> {
    const { clock, pacer } = this.#ports;
    while (!this.#hasStopped) {
      const { full } = this.#wayOut;
      if (full !== null && !await this.#waitFor(full, graceEndNs)) {
        if (!this.#hasStopped) this.#countLeft(endNs!, clock.nowNs());
        return;
      }
      const next = this.#turns!.next();
      const mayGo = next !== null && (endNs === null || next.dueNs < endNs);
      const nowNs = clock.nowNs();
      if (endNs !== null && nowNs >= endNs && !(mayGo && next.atNs <= nowNs)) {
        this.#countLeft(endNs, endNs);
        return;
      }
      if (!mayGo) {
        // Nothing is late: whoever gets a slot from now on has waited for that.
        this.#wayOut.noteInTime();
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      const isDue = this.#departsNs(next, this.#lead.mostNs) <= nowNs;
      const untilNs = isDue ? nowNs : this.#departsNs(next, this.#lead.leastNs);
      // A slot that opens only after the end is not waited for.
      const pause = this.#pause(pacer, Math.min(untilNs, endNs ?? Infinity));
      if (!isDue) this.#wayOut.noteInTime();
      if (pause) await pause;
      this.#tryIssue(this.#lead.mostNs);
    }
  }

  /** Whether there is room again before sending has stopped, and early enough to send. */
  async #waitFor(room: Promise<void>, graceEndNs: number): Promise<boolean> {
    const hasRoom = new AbortController();
    void room.then(() => hasRoom.abort(UNREAD_REASON));
    const over = AbortSignal.any([hasRoom.signal, this.#sendingStopped.signal]);
    await this.#sleepUntil(graceEndNs === Infinity ? null : graceEndNs, over);
    // A return may have taken the room meanwhile: then there is another wait for it.
    return hasRoom.signal.aborted && !this.#hasStopped;
  }

  /** Leaves the thread only when there is something to wait for. */
  #pause(pacer: Pacer, untilNs: number): Promise<void> | void {
    if (this.#interruption.signal.aborted) this.#interruption = new AbortController();
    const pause = pacer.pause(untilNs, this.#interruption.signal);
    if (pause === null) return;
    this.#pausedUntilNs = untilNs;
    return pause.then(() => {
      this.#pausedUntilNs = -Infinity;
    });
  }

  /** Issues the next credit if one can go now. */
  #tryIssue(leadNs: number): void {
    if (this.#hasStopped || this.#wayOut.full !== null) return;
    const next = this.#turns!.next();
    const issuedNs = this.#ports.clock.nowNs();
    if (next === null || this.#departsNs(next, leadNs) > issuedNs) return;
    const { dueNs, atNs, movedNs = 0 } = next;
    const backlogWaitNs = this.#wayOut.waitNs(atNs, issuedNs);
    const reason = this.#rule!.check(this.#issued, dueNs);
    if (reason === "count") this.#stopSending(reason);
    if (reason !== null) return;
    const id = this.#ledger.nextId;
    const turn = this.#turns!.take(next, id);
    const { phase } = this.#plan;
    const { graceEndNs } = this.#rule!;
    const times = {
      ...atNs > dueNs && { slotWaitNs: atNs - dueNs },
      ...movedNs > 0 && { movedNs },
      ...backlogWaitNs > 0 && { backlogWaitNs },
      ...graceEndNs < Infinity && { cutOffNs: graceEndNs },
    };
    const index = this.#issued++;
    const credit: Credit = { id, phase, index, ...turn, dueNs, ...times, issuedNs };
    this.#ledger.issue(credit);
    this.#wayOut.note(this.#ports.issue(credit), issuedNs);
    if (this.#rule!.check(this.#issued, dueNs) === "count") this.#stopSending("count");
    this.#checkEnd();
  }

  /** Something has changed that a credit may have waited for; one change makes way for one. */
  #goAhead(): void {
    if (this.#turns === null) return;
    // What can wait for others to go with it does.
    this.#tryIssue(this.#lead.leastNs);
    this.#checkEnd();
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    if (this.#hasStopped || this.#pausedUntilNs === -Infinity) return;
    const next = this.#turns!.next();
    if (next === null) return;
    const atNs = this.#departsNs(next, this.#lead.leastNs);
    if (atNs < this.#pausedUntilNs) this.#interruption.abort(UNREAD_REASON);
  }

  /** When a turn goes out: ahead of its due time, but not before there is a slot for it. */
  #departsNs({ atNs, dueNs }: Departure, leadNs: number): number {
    if (atNs > dueNs) return atNs;
    return atNs - (dueNs > this.#startNs ? leadNs : Math.max(leadNs, this.#lead.startNs));
  }

  #checkEnd(): void {
    const end = this.#turns!.end;
    if (end !== null) this.#stopSending(end);
  }

  #checkFailures(): void {
    const { failureLimit, phase } = this.#plan;
    if (failureLimit === null || this.#reason === "failed_threshold") return;
    if (!isOverFailureLimit(failureLimit, this.#ledger.account(phase))) return;
    this.#cutOff("failed_threshold", 0);
    this.#reason = "failed_threshold";
  }

  /** Whether what was not heard of has failed is told by its records, once they are there. */
  #checkAllFailures(unheard: number): void {
    const { failureLimit, phase } = this.#plan;
    const account = this.#ledger.account(phase);
    const heard = { ...account, lost: account.lost - unheard };
    if (this.#wasCancelled || !endsOverFailureLimit(failureLimit, heard)) return;
    this.#reason = "failed_threshold";
  }

  #cutOff(reason: StopReason, graceMs: number): void {
    this.#cutOffNs = Math.min(this.#cutOffNs, this.#ports.clock.nowNs() + graceMs * 1e6);
    this.#stopSending(reason);
    this.#wake?.();
  }

  #stopSending(reason: StopReason): void {
    if (this.#hasStopped) return;
    this.#reason = reason;
    this.#sendingStopped.abort();
    this.#interruption.abort();
    this.#wake?.();
  }

  /** Counts what was due before the end, by what kept it back at an instant. */
  #countLeft(endNs: number, atNs: number): void {
    const left = (this.#plan.maxRequests ?? Infinity) - this.#issued;
    const most = Math.min(left, MOST_UNSENT);
    ({ overdue: this.#overdue, unsent: this.#unsent } = this.#turns!.countLeft({
      endNs,
      atNs,
      most,
    }));
  }

  /** Waits for what is in flight, cancels it when its time is up, and gives up on the rest. */
  async #finish(rule: StopRule): Promise<Credit[]> {
    await this.#waitUntilIdle(() => Math.min(rule.graceEndNs, this.#cutOffNs));
    if (this.#inFlight === 0) return [];
    this.#ports.cancelInFlight();
    await this.#drain();
    return this.#ledger.writeOff(this.#plan.phase);
  }

  /** Waits for what was cancelled, as long as it keeps coming back. */
  async #drain(): Promise<void> {
    const patience = new DrainPatience();
    while (this.#inFlight > 0 && patience.isLeft(this.#wasCancelled)) {
      const before = this.#inFlight;
      const untilNs = this.#ports.clock.nowNs() + DRAIN_LOOK_MS * 1e6;
      await this.#waitUntilIdle(() => untilNs);
      patience.note(before - this.#inFlight);
    }
  }

  /** Waits until nothing is in flight, at most until the deadline, which may change meanwhile. */
  async #waitUntilIdle(deadlineNs: () => number): Promise<void> {
    while (this.#inFlight > 0 && this.#ports.clock.nowNs() < deadlineNs()) {
      const woken = new AbortController();
      const untilNs = deadlineNs();
      this.#wake = () => woken.abort(UNREAD_REASON);
      await this.#sleepUntil(untilNs === Infinity ? null : untilNs, woken.signal);
    }
    this.#wake = null;
  }

  /** Sleeps until `untilNs` (null: for ever), or until `signal` aborts. */
  async #sleepUntil(untilNs: number | null, signal: AbortSignal): Promise<void> {
    if (untilNs === null && !signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }
    while (untilNs !== null && !signal.aborted) {
      const leftMs = (untilNs - this.#ports.clock.nowNs()) / 1e6;
      if (leftMs <= 0) return;
      await this.#ports.clock.sleep(Math.ceil(leftMs), signal);
    }
  }
}
