import type { Credit, Outcome } from "../../common/model/credit.ts";
import type { LoadPlan, PhasePlan } from "../../common/model/run_config.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { CreditLedger } from "../../services/timing_manager/credit_ledger.ts";
import {
  type Outlines,
  OutlineStore,
  type TurnOutline,
} from "../../services/timing_manager/outlines.ts";
import type { Lead } from "../../services/timing_manager/lead.ts";
import type { Pacer } from "../../services/timing_manager/pacer.ts";
import { TraceStarts } from "../../services/timing_manager/trace_starts.ts";
import { type PhaseOutcome, PhaseRunner } from "../../services/timing_manager/phase_runner.ts";
import type { FullWay } from "../../services/timing_manager/way_out.ts";
import { FakeClock } from "./fake_clock.ts";
import { phasePlanOf } from "./phase_plan.ts";

/** How a phase is run in a test, and what its server is like. */
export interface FakePhaseOptions extends Partial<Omit<PhasePlan, "load" | "phase">> {
  load: LoadPlan;
  /** How long request `index` takes; null: it never ends by itself. */
  serviceMs?: (index: number) => number | null;
  /** How long the news of a first token, or of an end that came by itself, takes; none unless given. */
  newsMs?: number;
  /** How long the first token takes; without it, none is told of. */
  firstTokenMs?: (index: number) => number;
  /** How a request that ends by itself ends; success unless given. */
  outcomeOf?: (credit: Credit) => Outcome;
  /** How long a cancelled request takes to come back; null: it never does. */
  cancelMs?: number | null;
  /** The turns of each conversation; ten conversations of one turn unless given. */
  conversations?: readonly (readonly TurnOutline[])[];
  /** In place of those of `conversations`. */
  starts?: TraceStarts;
  /** In place of those of `conversations`. */
  outlines?: Outlines;
  seed?: number;
  /** How far ahead credits go out; not at all unless given. */
  lead?: Lead;
  ledger?: CreditLedger;
  startNs?: number;
  /** Called with each credit; what it returns has to be waited for, for workers if it is a promise. */
  onIssue?: (credit: Credit) => Promise<void> | FullWay | void;
}

/** A phase on a clock of its own, with a server that takes as long as it is told. */
export class FakePhase {
  readonly clock: FakeClock;
  readonly runner: PhaseRunner;
  readonly ledger: CreditLedger;
  readonly issued: Credit[] = [];
  /** When each request ended by the id of its credit, in nanoseconds. */
  readonly endedNs = new Map<number, number>();
  /** When `cancelInFlight` was asked for. */
  readonly cancelledNs: number[] = [];
  mostInFlight = 0;
  mostPrefilling = 0;
  outcome: PhaseOutcome | null = null;
  readonly #options: FakePhaseOptions;
  readonly #open = new Map<number, Credit>();
  readonly #prefilling = new Set<number>();

  constructor(options: FakePhaseOptions) {
    this.#options = options;
    this.clock = new FakeClock(options.startNs ?? 0);
    this.ledger = options.ledger ?? new CreditLedger();
    const { conversations } = options;
    const outlines = options.outlines ?? (conversations && knownOutlines(conversations));
    this.runner = new PhaseRunner({
      plan: planOf(options),
      dataset: {
        entries: conversations?.length ?? 10,
        sampling: "sequential",
        seed: options.seed ?? 1,
      },
      ...(outlines && { outlines }),
      starts: options.starts ?? startsOf(conversations ?? []),
      ...(options.lead && { lead: options.lead }),
      ledger: this.ledger,
      ports: {
        clock: this.clock,
        pacer: new FakePacer(this.clock),
        issue: (credit) => this.#serve(credit),
        cancelInFlight: () => this.#cancelAll(),
      },
    });
  }

  /** Starts the phase now. */
  start(): this {
    void this.runner.run(this.clock.nowNs()).then((outcome) => this.outcome = outcome);
    return this;
  }

  /** Due times after the start of the phase, in milliseconds. */
  get duesMs(): number[] {
    return this.issued.map(({ dueNs }) => (dueNs - (this.#options.startNs ?? 0)) / 1e6);
  }

  /** Issue times after the start of the phase, in milliseconds. */
  get issuedMs(): number[] {
    return this.issued.map(({ issuedNs }) => (issuedNs - (this.#options.startNs ?? 0)) / 1e6);
  }

  /** Each credit as `session.turn@due`, the due times in milliseconds. */
  get turns(): string[] {
    return this.issued.map(({ sessionIndex, turnIndex }, i) =>
      `${sessionIndex}.${turnIndex}@${this.duesMs[i]}`
    );
  }

  /** Lets a request come back. */
  giveBack({ id, phase }: Credit, outcome: Outcome = "success", endedNs?: number) {
    this.#open.delete(id);
    this.#prefilling.delete(id);
    this.endedNs.set(id, endedNs ?? this.clock.nowNs());
    const ended = endedNs === undefined ? {} : { endedNs };
    return this.runner.onReturn({ creditId: id, phase, outcome, ...ended });
  }

  #serve(credit: Credit): FullWay | null {
    const { serviceMs, firstTokenMs, outcomeOf = () => "success" } = this.#options;
    this.issued.push(credit);
    this.#open.set(credit.id, credit);
    this.#prefilling.add(credit.id);
    this.mostInFlight = Math.max(this.mostInFlight, this.#open.size);
    this.mostPrefilling = Math.max(this.mostPrefilling, this.#prefilling.size);
    if (firstTokenMs) this.#giveTokenAfter(credit, firstTokenMs(credit.index));
    const ms = serviceMs?.(credit.index) ?? null;
    if (ms !== null) this.#giveBackAfter(credit, { ms, outcome: outcomeOf(credit) });
    const full = this.#options.onIssue?.(credit) ?? null;
    return full instanceof Promise ? { room: full, isForWorkers: true } : full;
  }

  #cancelAll(): void {
    this.cancelledNs.push(this.clock.nowNs());
    const { cancelMs = 0 } = this.#options;
    if (cancelMs === null) return;
    for (const credit of this.#open.values()) {
      this.#giveBackAfter(credit, { ms: cancelMs, outcome: "cancelled" });
    }
  }

  #giveTokenAfter({ id }: Credit, ms: number): void {
    const { newsMs } = this.#options;
    void this.clock.sleep(ms).then(async () => {
      const atNs = newsMs === undefined ? undefined : this.clock.nowNs();
      if (newsMs !== undefined) await this.clock.sleep(newsMs);
      if (this.#prefilling.delete(id)) this.runner.onFirstToken(id, atNs);
    });
  }

  #giveBackAfter(credit: Credit, { ms, outcome }: { ms: number; outcome: Outcome }): void {
    const { newsMs } = this.#options;
    void this.clock.sleep(ms).then(async () => {
      const endedNs = newsMs === undefined ? undefined : this.clock.nowNs();
      if (newsMs !== undefined) await this.clock.sleep(newsMs);
      if (this.#open.has(credit.id)) this.giveBack(credit, outcome, endedNs);
    });
  }
}

/** Turns that follow each other after the given pauses in milliseconds. */
export function pausing(...delaysMs: (number | null)[]): TurnOutline[] {
  return [null, ...delaysMs].map((delayMs) => ({ delayMs, timestampMs: null }));
}

/** Turns at the given timestamps in milliseconds. */
export function timed(...timestampsMs: (number | null)[]): TurnOutline[] {
  return timestampsMs.map((timestampMs) => ({ delayMs: null, timestampMs }));
}

/** When conversations begin, all of it known. */
export function startsOf(conversations: readonly (readonly TurnOutline[])[]): TraceStarts {
  return new TraceStarts(conversations.map(([first]) => first!.timestampMs), true);
}

/** Outlines that nobody has to wait for. */
function knownOutlines(conversations: readonly (readonly TurnOutline[])[]): Outlines {
  return { turnsOf: (index) => conversations[index] ?? null, load: () => Promise.resolve() };
}

/** Outlines that take `ms` to come, page by page. */
export function slowOutlines(
  conversations: readonly (readonly TurnOutline[])[],
  { clock, ms }: { clock: () => Clock; ms: number },
): OutlineStore {
  return new OutlineStore({
    entries: () => conversations.length,
    fetch: async (first, count) => {
      await clock().sleep(ms);
      return conversations.slice(first, first + count)
        .map((turns, i) => ({ index: first + i, turns: [...turns] }));
    },
  });
}

function planOf(
  { load, maxRequests, maxSessions, maxDurationMs, graceMs, ...rest }: FakePhaseOptions,
): PhasePlan {
  return phasePlanOf({
    load,
    prefill: rest.prefill ?? null,
    cancellation: rest.cancellation ?? null,
    failureLimit: rest.failureLimit ?? null,
    maxRequests: maxRequests ?? null,
    maxSessions: maxSessions ?? null,
    maxDurationMs: maxDurationMs ?? null,
    graceMs: graceMs ?? null,
  });
}

class FakePacer implements Pacer {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pause(dueNs: number, signal: AbortSignal): Promise<void> | null {
    const leftNs = dueNs - this.#clock.nowNs();
    return leftNs > 0 ? this.#clock.sleep(leftNs / 1e6, signal) : null;
  }
}
