import type { Credit, Outcome } from "../../common/model/credit.ts";
import type { LoadPlan } from "../../common/model/run_config.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { CreditLedger } from "../../services/timing_manager/credit_ledger.ts";
import type { Pacer } from "../../services/timing_manager/pacer.ts";
import { type PhaseOutcome, PhaseRunner } from "../../services/timing_manager/phase_runner.ts";
import { FakeClock } from "./fake_clock.ts";
import { phasePlanOf } from "./phase_plan.ts";

/** How a phase is run in a test, and what its server is like. */
export interface FakePhaseOptions {
  load: LoadPlan;
  maxRequests?: number;
  maxDurationMs?: number;
  graceMs?: number;
  /** How long request `index` takes; null: it never ends by itself. */
  serviceMs?: (index: number) => number | null;
  /** How long a cancelled request takes to come back; null: it never does. */
  cancelMs?: number | null;
  ledger?: CreditLedger;
  startNs?: number;
  /** Called with each credit; what it returns is what the way out says. */
  onIssue?: (credit: Credit) => Promise<void> | void;
}

/** A phase on a clock of its own, with a server that takes as long as it is told. */
export class FakePhase {
  readonly clock: FakeClock;
  readonly runner: PhaseRunner;
  readonly ledger: CreditLedger;
  readonly issued: Credit[] = [];
  /** When `cancelInFlight` was asked for. */
  readonly cancelledNs: number[] = [];
  mostInFlight = 0;
  outcome: PhaseOutcome | null = null;
  readonly #options: FakePhaseOptions;
  readonly #open = new Map<number, Credit>();

  constructor(options: FakePhaseOptions) {
    this.#options = options;
    this.clock = new FakeClock(options.startNs ?? 0);
    this.ledger = options.ledger ?? new CreditLedger();
    const { load, maxRequests = null, maxDurationMs = null, graceMs = null } = options;
    const plan = phasePlanOf({ load, maxRequests, maxDurationMs, graceMs });
    this.runner = new PhaseRunner({
      plan,
      dataset: { entries: 10, sampling: "sequential", seed: 1 },
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

  /** Lets a request come back. */
  giveBack({ id, phase }: Credit, outcome: Outcome = "success") {
    this.#open.delete(id);
    return this.runner.onReturn({ creditId: id, phase, outcome });
  }

  #serve(credit: Credit): Promise<void> | void {
    this.issued.push(credit);
    this.#open.set(credit.id, credit);
    this.mostInFlight = Math.max(this.mostInFlight, this.#open.size);
    const serviceMs = this.#options.serviceMs?.(credit.index) ?? null;
    if (serviceMs !== null) this.#giveBackAfter(credit, { ms: serviceMs, outcome: "success" });
    return this.#options.onIssue?.(credit);
  }

  #cancelAll(): void {
    this.cancelledNs.push(this.clock.nowNs());
    const { cancelMs = 0 } = this.#options;
    if (cancelMs === null) return;
    for (const credit of this.#open.values()) {
      this.#giveBackAfter(credit, { ms: cancelMs, outcome: "cancelled" });
    }
  }

  #giveBackAfter(credit: Credit, { ms, outcome }: { ms: number; outcome: Outcome }): void {
    void this.clock.sleep(ms).then(() => {
      if (this.#open.has(credit.id)) this.giveBack(credit, outcome);
    });
  }
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
