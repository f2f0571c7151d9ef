import type { Command } from "../../common/comms/messages.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { describeError, type Logger } from "../../common/runtime/log.ts";
import { atMost } from "../../common/service/at_most.ts";
import { NoAnswerError, type Peer } from "../../common/service/peer.ts";
import {
  ProcessSupervisor,
  type SupervisorOptions,
} from "../../common/service/process_supervisor.ts";
import { RestartBudget } from "../../common/service/restart_budget.ts";
import {
  COMMAND_TIMEOUT_MS,
  INPUT_FILE_TIMEOUT_MS,
  LAST_WORDS_MS,
  RESTART_LIMIT,
  RETURN_LIMIT_NS,
} from "./limits.ts";
import { RESTARTABLE, RestartLog } from "./restarts.ts";

/** A service that dies over a command so often, and once more, is not asked again. */
const MOST_DEATHS = 5;

/** The services of a run, but for the workers, which the worker manager starts. */
export const SERVICES = [
  "worker_manager",
  "timing_manager",
  "dataset_manager",
  "records_manager",
  "post_processor_manager",
] as const satisfies readonly ServiceType[];

/** What a cast needs of its controller. */
export interface CastOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervisor: Omit<SupervisorOptions, "clock" | "onUnexpectedExit">;
  /** What every service is configured with, when that is known. */
  readonly config: Promise<RunConfig>;
  /** What a service should know before it is configured. */
  readonly initOf: (type: ServiceType) => Record<string, unknown>;
  /** The services that are connected. */
  readonly peers: ReadonlySet<Peer>;
  /** Called when a service is back, before anybody else asks it anything. */
  readonly onBack: (type: ServiceType) => Promise<void>;
  /** Called when a service is gone that cannot be replaced. */
  readonly onLoss: (reason: string) => void;
}

/** The services of a run but for the workers: starts them, asks them, and brings them back. */
export class ServiceCast {
  readonly restarts = new RestartLog();
  readonly #options: CastOptions;
  readonly #supervisor: ProcessSupervisor;
  readonly #budgets = new Map<ServiceType, RestartBudget>();
  /** The services that are gone and are expected to be back. */
  readonly #absences = new Map<ServiceType, PromiseWithResolvers<void>>();
  /** The services that are being started again. */
  readonly #returning = new Set<ServiceType>();
  #isOnStage = false;
  #isEnding = false;

  constructor(options: CastOptions) {
    this.#options = options;
    this.#supervisor = new ProcessSupervisor({
      ...options.supervisor,
      clock: options.clock,
      onUnexpectedExit: (id, reason) => this.#ended(id, reason),
    });
  }

  /** Whether services that die are brought back if they can be. */
  get isOnStage(): boolean {
    return this.#isOnStage;
  }

  /** From now on services that die are brought back if they can be. */
  enter(): void {
    this.#isOnStage = true;
  }

  /** Starts a service that is not configured by `prepare()`. */
  start(type: ServiceType, init: Record<string, unknown>): Promise<void> {
    return this.#supervisor.start(type, type, init);
  }

  /** Starts a service and configures it as soon as the configuration is known. */
  async prepare(type: ServiceType): Promise<void> {
    await this.#supervisor.start(type, type, this.#options.initOf(type));
    const config = await this.#options.config;
    const readsFile = type === "dataset_manager" && config.dataset.file !== null;
    const timeoutMs = readsFile ? INPUT_FILE_TIMEOUT_MS : COMMAND_TIMEOUT_MS;
    await this.peer(type).request({ kind: "configure", config, secrets: null }, timeoutMs);
  }

  /**
   * Asks a service to do something; one that dies over it and can be brought back is asked again, a
   * few times.
   *
   * `timeoutMs`: how long each answer may take. Rejects as `Peer.request()` does, and when the
   * service is gone for good.
   */
  async ask(type: ServiceType, command: Command, timeoutMs = COMMAND_TIMEOUT_MS): Promise<unknown> {
    for (let deaths = 0;; deaths++) {
      await this.#absences.get(type)?.promise;
      const peer = this.peer(type);
      try {
        return await peer.request(command, timeoutMs);
      } catch (error) {
        const willBeBack = error instanceof NoAnswerError && this.#absences.has(type);
        if (!willBeBack || deaths === MOST_DEATHS) throw error;
      }
    }
  }

  /** A service that is connected; throws when it is not. */
  peer(type: ServiceType): Peer {
    const peer = [...this.#options.peers].find((one) => one.type === type);
    if (!peer) throw new Error(`${type} is gone`);
    return peer;
  }

  /** Notes that a service has said hello. */
  joined({ id }: Peer): void {
    this.#supervisor.confirm(id);
  }

  /** Notes that a service was not let in. */
  refused(id: string, reason: string): void {
    this.#supervisor.refuse(id, reason);
  }

  /** Notes that a service has hung up: it has ended, or it is of no use any more. */
  left({ id, type }: Peer, signal: AbortSignal): void {
    if (this.#isEnding || !this.#isOnStage || type === "worker") return;
    if (RESTARTABLE.has(type)) this.#absenceOf(type);
    if (this.#returning.has(type)) return;
    void this.#options.clock.sleep(LAST_WORDS_MS, signal).then(() => {
      const isBack = [...this.#options.peers].some((peer) => peer.id === id);
      if (!isBack && !this.#returning.has(type)) this.end(id, "hung up");
    });
  }

  /** Ends a service that is of no use any more; `reason`: why, in words that follow its id. */
  end(id: string, reason: string): void {
    if (!this.#isEnding) void this.#supervisor.kill(id, reason);
  }

  /** Waits until all have ended; returns the ids of those that had to be killed after `graceMs`. */
  stopAll(graceMs: number): Promise<string[]> {
    return this.#supervisor.stopAll(graceMs);
  }

  /** From now on services are expected to end. */
  expectExits(): void {
    this.#isEnding = true;
    this.#supervisor.expectExits();
  }

  /** Ends all at once. */
  killAll(): void {
    this.expectExits();
    this.#supervisor.killAll();
  }

  #ended(id: string, reason: string): void {
    const type = id as ServiceType;
    if (this.#returning.has(type)) return;
    if (!this.#isOnStage || !RESTARTABLE.has(type)) {
      return this.#options.onLoss(`${id} ${reason} in the middle of the run`);
    }
    this.#returning.add(type);
    void this.#bringBack(type, reason);
  }

  async #bringBack(type: ServiceType, reason: string): Promise<void> {
    const absence = this.#absenceOf(type);
    try {
      const goneNs = this.#options.clock.nowNs();
      for (let why: string | null = reason; why !== null;) {
        this.#count(type, why, goneNs);
        why = await this.#tryToReturn(type);
      }
      absence.resolve();
    } catch (error) {
      absence.reject(error);
      if (!this.#isEnding) this.#options.onLoss(describeError(error));
    } finally {
      this.#absences.delete(type);
      this.#returning.delete(type);
    }
  }

  #count(type: ServiceType, reason: string, goneNs: number): void {
    const { clock, log } = this.#options;
    if (this.#isEnding) throw new Error(`${type} ${reason} when the run was ending`);
    const budget = this.#budgets.get(type) ?? new RestartBudget(RESTART_LIMIT);
    this.#budgets.set(type, budget);
    const hasHadItsTime = clock.nowNs() - goneNs > RETURN_LIMIT_NS;
    if (hasHadItsTime || !budget.take(clock.nowNs())) {
      throw new Error(`${type} ${reason} in the middle of the run, as it did again and again`);
    }
    this.restarts.note(type, reason);
    log.warning(`${type} ${reason} in the middle of the run: it is started again`);
  }

  /** null when it is back, else what went wrong, in words that follow its name. */
  async #tryToReturn(type: ServiceType): Promise<string | null> {
    const { peers, log, onBack } = this.#options;
    try {
      const before = [...peers].find((peer) => peer.type === type);
      if (before) await atMost(this.#options.clock, LAST_WORDS_MS, before.channel.closed);
      await this.prepare(type);
      await this.peer(type).request({ kind: "start" }, COMMAND_TIMEOUT_MS);
      await onBack(type);
      log.info(`${type} is back`);
      return null;
    } catch (error) {
      await this.#supervisor.kill(type, "could not be started again");
      return `could not be started again (${describeError(error)})`;
    }
  }

  #absenceOf(type: ServiceType): PromiseWithResolvers<void> {
    let absence = this.#absences.get(type);
    if (!absence) {
      absence = Promise.withResolvers();
      // Nobody may be waiting for it.
      absence.promise.catch(() => {});
      this.#absences.set(type, absence);
    }
    return absence;
  }
}
