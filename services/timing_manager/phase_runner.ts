import type { Credit, CreditReturn } from "../../common/model/credit.ts";
import type { PhasePlan } from "../../common/model/run_config.ts";
import type { StopReason } from "../../common/model/run_event.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { createSchedule, type Schedule } from "./arrivals.ts";
import type { CreditLedger, PhaseAccount, Settlement } from "./credit_ledger.ts";
import type { Pacer } from "./pacer.ts";
import { createSampler, type SamplingPlan } from "./sampler.ts";
import { StopRule } from "./stop_rule.ts";

/** How long cancelled requests may take to come back before they count as lost. */
const DRAIN_MS = 1_500;
/** Unsent requests are counted one by one; so many take half a second. */
const MOST_UNSENT = 10_000_000;

/** What a phase needs of the world. */
export interface PhasePorts {
  readonly clock: Clock;
  readonly pacer: Pacer;
  /**
   * Lets a credit go. Returns a promise only when the way out is full; an open loop then waits for
   * it, and what becomes due meanwhile goes out late.
   */
  issue(credit: Credit): Promise<void> | void;
  /** Asks for every request in flight to be cut off; each still comes back as a return. */
  cancelInFlight(): void;
}

/** What a phase is made from. */
export interface PhaseRunnerOptions {
  readonly plan: PhasePlan;
  readonly dataset: SamplingPlan;
  /** The run's ledger: ids go on from phase to phase. */
  readonly ledger: CreditLedger;
  readonly ports: PhasePorts;
  /** How long to wait for the returns of cancelled requests; default 1.5 s. */
  readonly drainMs?: number;
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
  /**
   * Requests that were due when the duration ended but had not found a free slot: never sent.
   * Counted up to ten million.
   */
  readonly unsent: number;
  /** Credits that never came back; the account has them as lost. */
  readonly missing: readonly Credit[];
  readonly account: PhaseAccount;
}

/**
 * Runs one phase: issues its credits, takes them back, and ends.
 *
 * A closed loop issues all its slots' credits at the start, and a new one the moment one returns.
 * An open loop issues by its schedule, in order; a credit that is late, or finds all slots of the
 * cap taken, goes out as soon as it can and keeps its due time. When sending has stopped, requests
 * in flight may go on for the grace period; then they are cancelled.
 */
export class PhaseRunner {
  readonly #plan: PhasePlan;
  readonly #dataset: SamplingPlan;
  readonly #ledger: CreditLedger;
  readonly #ports: PhasePorts;
  readonly #drainMs: number;
  readonly #sample: (index: number) => number;
  readonly #sendingStopped = new AbortController();

  #startNs = 0;
  #rule: StopRule | null = null;
  #issued = 0;
  #unsent = 0;
  #reason: StopReason | null = null;
  #cancelNs: number | null = null;
  /** Wakes the one who waits for a slot, for the last return or for a changed deadline. */
  #wake: (() => void) | null = null;

  constructor({ plan, dataset, ledger, ports, drainMs = DRAIN_MS }: PhaseRunnerOptions) {
    this.#plan = plan;
    this.#dataset = dataset;
    this.#ledger = ledger;
    this.#ports = ports;
    this.#drainMs = drainMs;
    this.#sample = createSampler(dataset, plan.phase);
  }

  /** How far the phase is. */
  get progress(): { issued: number; returned: number; inFlight: number } {
    const inFlight = this.#inFlight;
    return { issued: this.#issued, returned: this.#issued - inFlight, inFlight };
  }

  /** Runs the phase, once; `startNs` is the zero of its schedule, usually now. */
  async run(startNs: number): Promise<PhaseOutcome> {
    this.#startNs = startNs;
    const rule = new StopRule(this.#plan, startNs);
    this.#rule = rule;
    const ended = this.#sleepUntil(rule.endNs, this.#sendingStopped.signal);
    void ended.then(() => this.#wake?.());
    if (this.#plan.load.kind === "closed") this.#fillSlots(this.#plan.load.concurrency);
    else await this.#followSchedule(rule);
    await ended;
    this.#stopSending("duration");
    const missing = await this.#finish(rule);
    return {
      startNs,
      endNs: this.#ports.clock.nowNs(),
      issued: this.#issued,
      reason: this.#reason!,
      wasCancelled: this.#cancelNs !== null,
      unsent: this.#unsent,
      missing,
      account: this.#ledger.account(this.#plan.phase),
    };
  }

  /** Takes a credit back; in a closed loop its slot's next credit goes out before this returns. */
  onReturn(creditReturn: CreditReturn): Settlement {
    const settlement = this.#ledger.settle(creditReturn);
    if (settlement.kind === "settled" && settlement.credit.phase === this.#plan.phase) {
      if (this.#plan.load.kind === "closed") this.#tryIssue(this.#ports.clock.nowNs());
      this.#wake?.();
    }
    return settlement;
  }

  /** Stops sending at once; what is in flight may go on for `graceMs`, then it is cancelled. */
  cancel(graceMs: number): void {
    const cancelNs = this.#ports.clock.nowNs() + graceMs * 1e6;
    this.#cancelNs = Math.min(this.#cancelNs ?? Infinity, cancelNs);
    this.#stopSending("cancelled");
    this.#wake?.();
  }

  get #inFlight(): number {
    return this.#ledger.inFlight(this.#plan.phase);
  }

  get #hasStopped(): boolean {
    return this.#reason !== null;
  }

  #fillSlots(concurrency: number): void {
    for (let slot = 0; slot < concurrency && !this.#hasStopped; slot++) {
      this.#tryIssue(this.#startNs);
    }
  }

  async #followSchedule(rule: StopRule): Promise<void> {
    const schedule = this.#schedule();
    while (!this.#hasStopped) {
      const dueNs = schedule.dueNs(this.#issued);
      if (rule.check(this.#issued, dueNs) === "duration") return;
      const pause = this.#ports.pacer.pause(dueNs, this.#sendingStopped.signal);
      if (pause) await pause;
      if (this.#isFull && !await this.#findSlot(rule)) return this.#countUnsent(schedule, rule);
      const full = this.#tryIssue(dueNs);
      if (full) await full;
    }
  }

  #schedule(): Schedule {
    const { load, phase } = this.#plan;
    if (load.kind !== "open") throw new Error(`a ${load.kind} load has no schedule`);
    const { ratePerSecond } = load;
    const arrivals = load.arrivals === "gamma" ? "poisson" : load.arrivals;
    const startNs = this.#startNs;
    return createSchedule({ arrivals, ratePerSecond, phase, startNs, seed: this.#dataset.seed });
  }

  /** True while the cap of an open loop lets no request start. */
  get #isFull(): boolean {
    const { load } = this.#plan;
    return load.kind === "open" && load.concurrencyCap !== null &&
      this.#inFlight >= load.concurrencyCap;
  }

  /** Waits until the cap lets another request start; false when the duration ends before that. */
  async #findSlot({ endNs }: StopRule): Promise<boolean> {
    while (this.#isFull && !this.#hasStopped) {
      if (endNs !== null && this.#ports.clock.nowNs() >= endNs) return false;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return true;
  }

  #countUnsent(schedule: Schedule, { endNs }: StopRule): void {
    const limit = Math.min(this.#plan.maxRequests ?? Infinity, this.#issued + MOST_UNSENT);
    let index = this.#issued;
    while (index < limit && schedule.dueNs(index) < endNs!) index++;
    this.#unsent = index - this.#issued;
  }

  /** Issues the next credit unless sending has stopped or stops here. */
  #tryIssue(dueNs: number): Promise<void> | void {
    if (this.#hasStopped) return;
    const reason = this.#rule!.check(this.#issued, dueNs);
    if (reason !== null) return this.#stopSending(reason);
    const index = this.#issued++;
    const credit: Credit = {
      id: this.#ledger.nextId,
      phase: this.#plan.phase,
      index,
      conversationIndex: this.#sample(index),
      turnIndex: 0,
      sessionIndex: index,
      isLastTurn: true,
      cancelAfterNs: null,
      dueNs,
      issuedNs: this.#ports.clock.nowNs(),
    };
    this.#ledger.issue(credit);
    const full = this.#ports.issue(credit);
    if (this.#rule!.check(this.#issued, dueNs) === "count") this.#stopSending("count");
    return full;
  }

  #stopSending(reason: StopReason): void {
    if (this.#hasStopped) return;
    this.#reason = reason;
    this.#sendingStopped.abort();
  }

  /** Waits for what is in flight, cancels it when its time is up, and gives up on the rest. */
  async #finish(rule: StopRule): Promise<Credit[]> {
    const { graceMs, phase } = this.#plan;
    const hasGrace = rule.endNs !== null && graceMs !== null;
    const graceNs = hasGrace ? rule.endNs + graceMs * 1e6 : Infinity;
    await this.#waitUntilIdle(() => Math.min(graceNs, this.#cancelNs ?? Infinity));
    if (this.#inFlight === 0) return [];
    this.#ports.cancelInFlight();
    const drainedNs = this.#ports.clock.nowNs() + this.#drainMs * 1e6;
    await this.#waitUntilIdle(() => drainedNs);
    return this.#ledger.writeOff(phase);
  }

  /** Waits until nothing is in flight, at most until the deadline, which may change meanwhile. */
  async #waitUntilIdle(deadlineNs: () => number): Promise<void> {
    while (this.#inFlight > 0 && this.#ports.clock.nowNs() < deadlineNs()) {
      const woken = new AbortController();
      const untilNs = deadlineNs();
      this.#wake = () => woken.abort();
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
