import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import type { PhasePlan, RunConfig } from "../../common/model/run_config.ts";
import { describeError } from "../../common/runtime/log.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  every,
  onCommand,
  onConfigure,
  onMessage,
  onStart,
  onStop,
} from "../../common/service/hooks.ts";
import type { Peer } from "../../common/service/peer.ts";
import { SteadyLink } from "../../common/service/steady_link.ts";
import { askForMissing, MISSING_CHECK_MS } from "../../common/service/missing_credits.ts";
import { Backlog, mostWaiting } from "./backlog.ts";
import { CreditLedger } from "./credit_ledger.ts";
import { learnTurns, mustAskForTurns, singleTurns, type Turns } from "./learn_turns.ts";
import { TimerPacer } from "./pacer.ts";
import { leadOf } from "./lead.ts";
import { type PhaseOutcome, type PhasePorts, PhaseRunner } from "./phase_runner.ts";
import { plannedRequests } from "./planned_requests.ts";
import { fullWayOf } from "./way_out.ts";

/** How often progress is told. */
const TICK_MS = 250;

/** So long between two questions for what has come to be known of a large data set. */
const LEARN_REST_MS = 100;

/** More lost credits than that do not fit into a message; without a record, they are missing. */
const MOST_TOLD = 100_000;

/** The controller knows so soon that the worker manager has died. */
const BROKEN_PAUSE_MS = 500;

/** Decides when each request is sent: issues the credits of one phase after the other. */
export class TimingManager extends ComponentService {
  readonly #ledger = new CreditLedger();
  readonly #backlog = new Backlog();
  #config: RunConfig | null = null;
  #workers: Peer | null = null;
  #turns: Turns | null = null;
  #runner: PhaseRunner | null = null;
  #plan: PhasePlan | null = null;
  /** Resolves when the controller has done what comes between warm-up and profiling. */
  readonly #mayProfile = Promise.withResolvers<void>();
  /** Cancelled, or ended early because too much failed. */
  #isCancelled = false;

  @onConfigure
  protected takePlan({ config }: Configuration): void {
    this.#config = config;
  }

  @onStart
  protected async begin(): Promise<void> {
    const config = this.#config!;
    this.#workers = await this.connectTo("worker_manager");
    this.#lead(config).catch((error) => this.fail(error));
  }

  @onMessage("credit_return")
  protected takeBack({ creditReturn }: MessageOf<"credit_return">): void {
    const kind = this.#runner?.onReturn(creditReturn).kind ?? "settled";
    if (kind === "settled") return;
    const what = `Ignored a ${kind} return of credit ${creditReturn.creditId}`;
    // Thousands may be late after a phase that this machine was too slow for, and are no fault.
    if (kind === "late") this.log.debug(what);
    else this.log.warning(what);
  }

  @onMessage("first_token")
  protected noteFirstToken({ creditId, atNs }: MessageOf<"first_token">): void {
    this.#runner?.onFirstToken(creditId, atNs);
  }

  @onMessage("credits_begun")
  protected noteBegun({ count }: MessageOf<"credits_begun">): void {
    this.#backlog.begin(count);
  }

  @onCommand("begin_profiling")
  protected beginProfiling(): void {
    this.#mayProfile.resolve();
  }

  @onCommand("cancel_run")
  protected cancel({ graceMs }: CommandOf<"cancel_run">): void {
    this.#isCancelled = true;
    this.#mayProfile.resolve();
    this.#runner?.cancel(graceMs);
  }

  @every(TICK_MS)
  protected tellProgress(): void {
    if (!this.#runner || !this.#plan) return;
    this.publish({ type: "phase_progress", phase: this.#plan.phase, ...this.#runner.progress });
  }

  /** A credit that nobody holds any more, for its message was dropped, must not be waited for. */
  @every(MISSING_CHECK_MS)
  protected async findMissing(): Promise<void> {
    const old = this.#ledger.issuedBefore(this.clock.nowNs() - MISSING_CHECK_MS * 1e6);
    if (old.length === 0) return;
    const missing = await askForMissing(this.#workers!, old, this.log);
    for (const { id, phase } of missing) {
      const settlement = this.#runner?.onReturn({ creditId: id, phase, outcome: "lost" });
      if (settlement?.kind !== "settled") continue;
      this.log.error(`Credit ${id} got lost on its way`);
      this.#backlog.begin(1);
    }
  }

  @onStop
  protected cutOff(): void {
    this.cancel({ kind: "cancel_run", graceMs: 0 });
  }

  /** What is issued from now on reaches nobody; why that is so is for the controller to say. */
  protected override peerLeft(peer: Peer): void {
    if (peer === this.#workers) this.cancel({ kind: "cancel_run", graceMs: 0 });
  }

  /** Learning the turns may take longer than the controller waits for the start. */
  async #lead(config: RunConfig): Promise<void> {
    this.#turns = mustAskForTurns(config)
      ? await learnTurns({
        config,
        dataset: await this.#openDataset(),
        onFailure: (error) => this.fail(error),
        rest: (wanted) => this.#rest(wanted),
      })
      : singleTurns(config);
    await this.#runPhases(config);
  }

  async #rest(wanted: Promise<void>): Promise<void> {
    const woken = new AbortController();
    void wanted.then(() => woken.abort());
    await this.clock.sleep(LEARN_REST_MS, AbortSignal.any([woken.signal, this.life]));
  }

  async #openDataset(): Promise<SteadyLink> {
    const link = new SteadyLink({
      connect: () => this.connectTo("dataset_manager"),
      clock: this.clock,
      signal: this.life,
      onUp() {},
      // Whoever needs it by then gets to know.
      onGivenUp: (error) => this.log.warning(describeError(error)),
    });
    await link.open();
    return link;
  }

  async #runPhases(config: RunConfig): Promise<void> {
    for (const [i, plan] of config.phases.entries()) {
      if (i > 0 && config.serverCalls !== null && !this.#isCancelled) {
        await this.#mayProfile.promise;
      }
      if (!this.#isCancelled) await this.#runPhase(plan, config);
    }
    // Otherwise the run might be taken for over before it is known what broke it.
    if (this.#workers!.isGone) await this.clock.sleep(BROKEN_PAUSE_MS, this.life);
    this.publish({ type: "run_complete", wasCancelled: this.#isCancelled });
  }

  async #runPhase(plan: PhasePlan, config: RunConfig): Promise<void> {
    const { phase, maxDurationMs } = plan;
    const { size, outlines, starts } = this.#turns!;
    const lead = leadOf(plan);
    this.#backlog.limit(mostWaiting(plan, config.workers));
    this.#runner = new PhaseRunner({
      plan,
      dataset: { ...config.dataset, entries: size.count, known: size },
      outlines,
      starts,
      lead,
      ledger: this.#ledger,
      ports: this.#ports(),
    });
    this.#plan = plan;
    // Before the start is fixed: to count a long trace takes a moment.
    const planned = plannedRequests(plan, this.#turns!);
    const startNs = this.clock.nowNs() + lead.startNs;
    this.publish({
      type: "phase_started",
      phase,
      startNs,
      plannedRequests: planned,
      plannedDurationMs: maxDurationMs,
    });
    const outcome = await this.#runner.run(startNs);
    this.tellProgress();
    this.#runner = null;
    if (outcome.wasCutShort) this.#isCancelled = true;
    this.#report(plan, outcome);
  }

  #report({ phase }: PhasePlan, outcome: PhaseOutcome): void {
    const { startNs, endNs, issued, reason, unsent, overdue, missing, account, wasCutShort } =
      outcome;
    if (unsent > 0) this.log.warning(`${unsent} requests were due and found no free slot in time`);
    if (overdue > 0) {
      this.log.warning(`${overdue} requests were due that the workers did not get to in time`);
    }
    if (missing.length > 0) {
      const ids = missing.slice(0, 10).map(({ id }) => id).join(", ");
      const what = "had not come back when the phase was given up: their records may come yet";
      this.log.warning(`${missing.length} credits ${what}; the first of them: ${ids}`);
    }
    const lost = this.#ledger.lost(phase).slice(0, MOST_TOLD);
    if (lost.length > 0) this.publish({ type: "credits_lost", phase, credits: lost });
    const failed = account.failed + account.lost - missing.length;
    const { cancelled } = account;
    const rest = {
      ...unsent > 0 && { unsent },
      ...overdue > 0 && { overdue },
      ...failed > 0 && { failed },
      ...missing.length > 0 && { unheard: missing.length },
      ...cancelled > 0 && { cancelled },
      ...wasCutShort && { wasCutShort },
    };
    this.publish({ type: "phase_complete", phase, startNs, endNs, issued, reason, ...rest });
  }

  #ports(): PhasePorts {
    return {
      clock: this.clock,
      pacer: new TimerPacer(this.clock),
      issue: (credit) => {
        const sent = this.#workers!.send({ type: "credit", credit });
        const taken = this.#backlog.add();
        return fullWayOf({ sent, taken });
      },
      cancelInFlight: () => void this.#workers!.send({ type: "cancel_credits" }),
    };
  }
}
