import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import type { Credit } from "../../common/model/credit.ts";
import { lostRecord } from "../../common/model/lost_record.ts";
import type { RunConfig, WorkerPlan } from "../../common/model/run_config.ts";
import { spawnChild } from "../../common/runtime/child_process.ts";
import { clockStepMs } from "../../common/runtime/clock.ts";
import { describeError, type LogLevel } from "../../common/runtime/log.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  every,
  onCleanup,
  onCommand,
  onConfigure,
  onInit,
  onMessage,
  onStart,
  onStop,
} from "../../common/service/hooks.ts";
import type { Peer } from "../../common/service/peer.ts";
import { atMost } from "../../common/service/at_most.ts";
import { ProcessSupervisor } from "../../common/service/process_supervisor.ts";
import { RecordsOutlet } from "../../common/service/records_outlet.ts";
import { askForMissing, MISSING_CHECK_MS } from "../../common/service/missing_credits.ts";
import { Replacements } from "./replacements.ts";
import { WorkerRouter } from "./routing.ts";
import { UnconfirmedReturns } from "./unconfirmed_returns.ts";
import { WaitingCredits } from "./waiting_credits.ts";

/** How long a worker may take to stop, and the whole lot of them to end. */
const STOP_TIMEOUT_MS = 1_000;

/** How long a dead worker's connection may take to be read to its end. */
const LAST_WORDS_MS = 1_000;

/** How often the wait for the last credits looks again. */
const DRAIN_LOOK_MS = 20;

/** Starts the workers and hands each credit to the least loaded of them. */
export class WorkerManager extends ComponentService {
  readonly #router = new WorkerRouter();
  readonly #unconfirmed = new UnconfirmedReturns();
  readonly #unbegun = new WaitingCredits();
  readonly #replacements = new Replacements();
  readonly #workers = new Map<string, Peer>();
  /** Credits that came while no worker was alive. */
  readonly #waiting: MessageOf<"credit">[] = [];
  readonly #records = new RecordsOutlet({
    connect: () => this.connectTo("records_manager"),
    clock: this.clock,
    signal: this.life,
    log: this.log,
    onGivenUp: (error) => this.fail(error),
  });
  /** The conversations that credits have named. */
  readonly #used = new Set<number>();
  #supervisor: ProcessSupervisor | null = null;
  #started: Promise<unknown> = Promise.resolve();
  #timing: Peer | null = null;
  #config: RunConfig | null = null;
  #isStopping = false;
  #planned = 0;

  /** As early as can be: nothing in a run's start takes as long as the workers. */
  @onInit
  protected spawnWorkers(): void {
    const plan = this.context.init as unknown as WorkerPlan;
    this.#planned = plan.workers;
    const supervisor = this.#supervise(plan);
    this.#supervisor = supervisor;
    const ids = Array.from({ length: plan.workers }, newWorkerId);
    this.#started = Promise.all(ids.map((id) => supervisor.start("worker", id)));
    // Awaited in the start hook; until then a failure must not count as unhandled.
    this.#started.catch(() => {});
  }

  @onConfigure
  protected takePlan({ config }: Configuration): void {
    this.#config = config;
    this.listen();
  }

  @onStart
  protected async waitForWorkers(): Promise<void> {
    await this.#records.open();
    await this.#started;
    const { size } = this.#workers;
    this.log.info(size === 1 ? "1 worker is ready" : `${size} workers are ready`);
  }

  @onCommand("get_used_indexes")
  protected usedIndexes(_command: CommandOf<"get_used_indexes">): number[] {
    return [...this.#used].sort((a, b) => a - b);
  }

  @onMessage("credit")
  protected route(message: MessageOf<"credit">): void {
    this.#used.add(message.credit.conversationIndex);
    const workerId = this.#router.assign(message.credit);
    if (workerId !== null) {
      this.#unbegun.hand(workerId);
      void this.#workers.get(workerId)!.send(message);
    } else if (message.credit.turnIndex > 0) {
      this.#reportLost(message.credit, null, "The worker with the session's history is gone");
      this.#tellBegun(1);
    } else {
      // All workers are dead; the first that takes a dead one's place gets it, late but in order.
      this.#waiting.push(message);
    }
  }

  @onMessage("credit_return")
  protected takeBack(message: MessageOf<"credit_return">, peer: Peer): void {
    const { creditId, outcome } = message.creditReturn;
    const credit = this.#router.release(creditId, outcome);
    this.#unconfirmed.add(peer.id, credit);
    this.#replacements.noteUse();
    // A credit of a worker that was taken for dead has been returned already.
    if (credit !== null) void this.#timing?.send(message);
  }

  @onMessage("first_token")
  protected passOn(message: MessageOf<"first_token">): void {
    void this.#timing?.send(message);
  }

  @onMessage("credits_begun")
  protected passOnBegun({ count }: MessageOf<"credits_begun">, peer: Peer): void {
    this.#noteBegun(peer.id, count);
  }

  @onMessage("records_ack")
  protected forget({ count }: MessageOf<"records_ack">, peer: Peer): void {
    if (peer.type === "worker") this.#unconfirmed.confirm(peer.id, count);
    else this.#records.acknowledge(count, peer);
  }

  @onCommand("find_missing_credits")
  protected findMissing({ ids }: CommandOf<"find_missing_credits">): number[] {
    const waiting = new Set(this.#waiting.map(({ credit }) => credit.id));
    return ids.filter((id) => !this.#router.holds(id) && !waiting.has(id));
  }

  /** What a worker has dropped on the way in or out must not be waited for. */
  @every(MISSING_CHECK_MS)
  protected async checkWorkers(): Promise<void> {
    const beforeNs = this.clock.nowNs() - MISSING_CHECK_MS * 1e6;
    const checks = [...this.#workers.values()].map(async (worker) => {
      const old = this.#router.issuedBefore(worker.id, beforeNs);
      if (old.length === 0) return;
      for (const credit of await askForMissing(worker, old, this.log)) {
        if (this.#router.release(credit.id, "lost") === null) continue;
        this.log.error(`Credit ${credit.id} got lost on its way to ${worker.id} or back`);
        this.#reportLost(credit, worker.id, "The worker knows nothing of it");
        this.#noteBegun(worker.id, 1);
      }
    });
    await Promise.all(checks);
  }

  /** With the timing manager dead, nobody else knows what is in flight. */
  @onCommand("drain_credits")
  protected async drain({ deadlineMs }: CommandOf<"drain_credits">): Promise<void> {
    this.cancelAll({ type: "cancel_credits" });
    const untilNs = this.clock.nowNs() + deadlineMs * 1e6;
    while (this.#router.inFlight > 0 && this.clock.nowNs() < untilNs) {
      await this.clock.sleep(DRAIN_LOOK_MS, this.life);
    }
    for (const [workerId, credit] of this.#router.held()) {
      this.#router.release(credit.id, "lost");
      this.#reportLost(credit, workerId, "The worker did not end it in time");
    }
  }

  /** The death of the worker does the rest. */
  @onCommand("replace_worker")
  protected endHung({ workerId, reason }: CommandOf<"replace_worker">): void {
    void this.#supervisor?.kill(workerId, reason);
  }

  @onMessage("cancel_credits")
  protected cancelAll(message: MessageOf<"cancel_credits">): void {
    for (const { credit } of this.#waiting.splice(0)) {
      this.#reportLost(credit, null, "The worker that was to send it is dead");
      this.#tellBegun(1);
    }
    for (const worker of this.#workers.values()) void worker.send(message);
  }

  @onStop
  protected async stopWorkers(): Promise<void> {
    this.#isStopping = true;
    this.#supervisor?.expectExits();
    const asked = [...this.#workers.values()]
      .map((worker) => worker.request({ kind: "stop" }, STOP_TIMEOUT_MS));
    await Promise.allSettled(asked);
    const killed = await this.#supervisor?.stopAll(STOP_TIMEOUT_MS) ?? [];
    if (killed.length > 0) this.log.warning(`Had to kill ${killed.join(", ")}`);
  }

  @onCleanup
  protected killRest(): void {
    this.#supervisor?.killAll();
  }

  protected override peerJoined(peer: Peer): void {
    if (peer.type === "timing_manager") this.#timing = peer;
    if (peer.type !== "worker") return;
    this.#workers.set(peer.id, peer);
    this.#router.join(peer.id);
    this.#supervisor?.confirm(peer.id);
    for (const message of this.#waiting.splice(0)) this.route(message);
  }

  /** Nobody is left who would wait for what is in flight. */
  protected override peerLeft(peer: Peer): void {
    if (peer === this.#timing) this.cancelAll({ type: "cancel_credits" });
  }

  #supervise({ runDir, epochUnixMs, logLevel }: WorkerPlan): ProcessSupervisor {
    return new ProcessSupervisor({
      clock: this.clock,
      // A worker that takes a dead one's place has to have the same time as all others.
      spawn: (spec) => spawnChild({ ...spec, epochUnixMs: spec.epochUnixMs + clockStepMs() }),
      common: {
        runDir,
        epochUnixMs,
        logLevel: logLevel as LogLevel,
        token: this.context.token,
        onLine: (line, workerId) => this.log.passOn(line, workerId),
      },
      onUnexpectedExit: (id, reason) => {
        this.#lose(id, reason).catch((error) => this.fail(error));
      },
    });
  }

  /**
   * A dead worker is replaced; its credits become lost records: a request is never sent twice.
   *
   * What it said last may still be on its way, so the connection is read to its end first.
   */
  async #lose(workerId: string, reason: string): Promise<void> {
    this.log.error(`${workerId} ${reason} in the middle of the run`);
    const worker = this.#workers.get(workerId);
    this.#workers.delete(workerId);
    this.#router.retire(workerId);
    if (worker) await atMost(this.clock, LAST_WORDS_MS, worker.channel.closed);
    const what = `The worker ${reason}`;
    for (const credit of this.#router.leave(workerId)) this.#reportLost(credit, workerId, what);
    this.#tellBegun(this.#unbegun.leave(workerId));
    // Of most of them the records manager has the record: then it drops this one.
    for (const credit of this.#unconfirmed.leave(workerId)) this.#record(credit, workerId, what);
    await this.#replace(workerId, reason);
  }

  async #replace(workerId: string, reason: string): Promise<void> {
    for (let why: string | null = reason; why !== null && !this.#isStopping;) {
      if (!this.#replacements.take(this.clock.nowNs(), this.#planned)) {
        throw new Error(`${workerId} ${why} in the middle of the run, as others did before it`);
      }
      why = await this.#tryToReplace(workerId);
    }
  }

  /** null when another worker is in its place, else why there is none. */
  async #tryToReplace(workerId: string): Promise<string | null> {
    const id = newWorkerId();
    try {
      await this.#supervisor!.start("worker", id);
    } catch (error) {
      this.log.warning(describeError(error));
      return `could not be replaced (${describeError(error)})`;
    }
    this.log.info(`${id} replaces ${workerId}`);
    return null;
  }

  #reportLost(credit: Credit, workerId: string | null, reason: string): void {
    this.#record(credit, workerId, reason);
    const creditReturn = { creditId: credit.id, phase: credit.phase, outcome: "lost" as const };
    void this.#timing?.send({ type: "credit_return", creditReturn });
  }

  /** So many of the credits in a worker's hands have begun, or will not any more. */
  #noteBegun(workerId: string, count: number): void {
    this.#tellBegun(this.#unbegun.begin(workerId, count));
  }

  /** So many credits are in nobody's hands any more, or their requests have begun. */
  #tellBegun(count: number): void {
    if (count > 0) void this.#timing?.send({ type: "credits_begun", count });
  }

  #record(credit: Credit, workerId: string | null, reason: string): void {
    const { endpoint } = this.#config!;
    this.#records.send(lostRecord({ credit, workerId, endpoint, reason }));
  }
}

function newWorkerId(): string {
  return `worker_${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
}
