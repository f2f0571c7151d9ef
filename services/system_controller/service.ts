import type { Command, Hello, MessageOf } from "../../common/comms/messages.ts";
import type { RecordsSummary, WrittenResults } from "../../common/model/report.ts";
import type { RunEvent } from "../../common/model/run_event.ts";
import type { RunConfig, RunSecrets, WorkerPlan } from "../../common/model/run_config.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import { spawnChild } from "../../common/runtime/child_process.ts";
import { describeError, type LogLevel } from "../../common/runtime/log.ts";
import type { ServiceContext } from "../../common/service/base_service.ts";
import { coldStartNs } from "../../common/model/cold_start.ts";
import type { HealthSummary } from "../../common/model/instrument.ts";
import { processUsage } from "../../common/runtime/process_usage.ts";
import { ControllerService } from "../../common/service/controller_service.ts";
import { every, onCleanup, onMessage } from "../../common/service/hooks.ts";
import { NoAnswerError, type Peer } from "../../common/service/peer.ts";
import { cutOff } from "./cut_off.ts";
import { datasetNotesOf } from "./dataset_notes.ts";
import { exitCodeOf, problemsOf, type RunOutcome, type StopSignal } from "./outcome.ts";
import { HealthCollector } from "./health_collector.ts";
import {
  BEAT_TIMEOUT_MS,
  CAUSE_MS,
  COMMAND_TIMEOUT_MS,
  INTERRUPT_GRACE_MS,
  INTERRUPT_LIMIT_MS,
  RECORD_PATIENCE_MS,
  RESULTS_TIMEOUT_MS,
  WATCH_MS,
} from "./limits.ts";
import { machineBetween, type MachineCounters } from "./machine_counters.ts";
import { checkReachable, postNothing } from "./preflight.ts";
import { readMachine } from "./read_machine.ts";
import type { RunRequest } from "./run_request.ts";
import { ServerCalls } from "./server_calls.ts";
import { ServiceCast, SERVICES } from "./service_cast.ts";
import { SilenceWatch } from "./silence.ts";

/** Leads a run: brings the services up, watches them, collects the results, ends them. */
export class SystemController extends ControllerService {
  readonly #request: RunRequest;
  readonly #cast: ServiceCast;
  readonly #calls: ServerCalls;
  readonly #silence = new SilenceWatch();
  readonly #config = Promise.withResolvers<RunConfig>();
  readonly #configured = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #health = new HealthCollector();
  #machineBefore: Promise<MachineCounters | null> = Promise.resolve(null);
  readonly #loadEnded = Promise.withResolvers<void>();
  /** Services that were taken for hung and have not gone yet. */
  readonly #hung = new Set<Peer>();
  /** What the records manager was asked at the end of the load. */
  #finish: Command | null = null;
  #isLoadRunning = false;
  #wasCancelled = false;
  #failure: string | null = null;
  #isBadInput = false;
  #hasPhaseStarted = false;
  #hasTooManyFailures = false;
  #interruptedBy: StopSignal | null = null;
  #records: RecordsSummary | null = null;
  #results: WrittenResults | null = null;

  constructor(context: ServiceContext, request: RunRequest) {
    super(context);
    this.#request = request;
    const { runDir, epochUnixMs, logLevel } = request.config;
    const common = {
      runDir,
      epochUnixMs,
      logLevel: logLevel as LogLevel,
      token: context.token,
      onLine: (line: string, serviceId: string) => context.log.passOn(line, serviceId),
    };
    this.#cast = new ServiceCast({
      clock: context.clock,
      log: context.log,
      supervisor: { spawn: request.spawn ?? spawnChild, common },
      config: this.#config.promise,
      initOf: (type) => this.#initOf(type),
      peers: this.peers,
      onBack: (type) => this.#catchUp(type),
      onLoss: (reason) => this.#end(reason),
    });
    const say = (line: string) => request.view.say(line);
    this.#calls = new ServerCalls({ secrets: request.secrets, post: postNothing, say });
    // Nobody may be waiting for them when the run ends before it has begun.
    this.#config.promise.catch(() => {});
    this.#configured.promise.catch(() => {});
  }

  /** How the run came to its end. */
  get outcome(): RunOutcome {
    return {
      interruptedBy: this.#interruptedBy,
      failure: this.#failure,
      isBadInput: this.#isBadInput,
      hasTooManyFailures: this.#hasTooManyFailures,
      failureLimit: this.#request.config.phases.at(-1)!.failureLimit,
      records: this.#records,
      report: this.#results?.report ?? null,
      unwritten: [...this.#results?.problems ?? [], ...this.#calls.problems],
    };
  }

  /** The text of the result, for stdout; null when there is no result. */
  get resultText(): string | null {
    return this.#results?.console ?? null;
  }

  /** Leads the run from the first process to the last. */
  override async run(): Promise<void> {
    this.listen();
    const up = this.#bringUp();
    // Once children have been started: the first timer of a process takes a while.
    this.startTimers();
    try {
      await Promise.race([up, this.#ended.promise]);
      await this.#ended.promise;
    } catch (error) {
      this.#end(describeError(error));
    }
    await this.#collect();
    await this.#calls.close();
    await this.#shutDown();
    for (const problem of problemsOf(this.outcome)) this.log.error(problem);
    this.log.info(`The run ended with exit code ${exitCodeOf(this.outcome)}`);
  }

  /** Ends the run early: the first time in good order, the second time at once. */
  interrupt(signal: StopSignal): "gracefully" | "at once" {
    if (this.#interruptedBy !== null) {
      this.#cast.killAll();
      return "at once";
    }
    this.#interruptedBy = signal;
    this.#calls.interrupt();
    this.log.warning(`Interrupted by ${signal}`);
    if (!this.#isLoadRunning) {
      this.#ended.resolve();
      return "gracefully";
    }
    const command: Command = { kind: "cancel_run", graceMs: INTERRUPT_GRACE_MS };
    this.#cast.ask("timing_manager", command, INTERRUPT_LIMIT_MS).catch((error) =>
      this.#end(describeError(error))
    );
    void this.clock.sleep(INTERRUPT_LIMIT_MS).then(() => this.#ended.resolve());
    return "gracefully";
  }

  @onMessage("failure")
  protected noteFailure({ serviceId, cause }: MessageOf<"failure">): void {
    this.#complain(`${serviceId}: ${cause}`);
  }

  @onMessage("bad_input")
  protected noteBadInput({ problem }: MessageOf<"bad_input">): void {
    // Once requests are sent there are results to be kept: the run has failed.
    if (this.#failure === null && !this.#hasPhaseStarted) this.#isBadInput = true;
    this.#end(problem);
  }

  @onMessage("phase_started")
  protected notePhaseStart(event: MessageOf<"phase_started">): void {
    this.log.info(`Phase ${event.phase} has started`);
    this.#hasPhaseStarted = true;
    if (event.phase === "profiling") {
      this.#health.watchFrom(event.startNs + coldStartNs(this.#request.config.phases));
    }
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("phase_progress")
  @onMessage("records_progress")
  @onMessage("dataset_progress")
  @onMessage("dataset_note")
  protected show(event: RunEvent): void {
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("phase_complete")
  protected notePhaseEnd(event: MessageOf<"phase_complete">): void {
    this.log.info(`Phase ${event.phase} has ended: ${event.issued} requests, ${event.reason}`);
    if (event.reason === "failed_threshold") this.#hasTooManyFailures = true;
    this.#calls.noteEnd(event);
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("run_complete")
  protected noteEnd({ wasCancelled }: MessageOf<"run_complete">): void {
    this.#wasCancelled = wasCancelled;
    this.#loadEnded.resolve();
    this.#ended.resolve();
  }

  @onMessage("heartbeat")
  protected override noteHeartbeat(beat: MessageOf<"heartbeat">, peer: Peer): void {
    this.#health.note(peer, beat);
  }

  @every(1_000)
  protected noteOwnUsage(): void {
    const usage = { atNs: this.clock.nowNs(), ...processUsage(), lags: [] };
    this.#health.note({ id: this.id, type: this.context.type }, usage);
  }

  @every(250)
  protected refreshView(): void {
    if (this.#isLoadRunning) this.#request.view.refresh(this.clock.nowNs());
  }

  @every(WATCH_MS)
  protected watchHeartbeats(): void {
    const nowNs = this.clock.nowNs();
    const watched = [...this.peers].map((peer) => {
      const { id, owed } = peer;
      return { id, owed, peer, seenNs: this.lastSeenNs(id) ?? nowNs };
    });
    for (const [{ peer }, silentNs] of this.#silence.look(nowNs, watched)) {
      this.#endHung(peer, `was not heard of for ${Math.round(silentNs / 1e9)} s and got killed`);
    }
  }

  @onCleanup
  protected killRest(): void {
    this.#cast.killAll();
  }

  /** The controller's own failure ends the run too. */
  override fail(error: unknown): void {
    super.fail(error);
    this.#end(describeError(error));
  }

  protected override peerJoined(peer: Peer): void {
    super.peerJoined(peer);
    this.#cast.joined(peer);
    if (peer.type !== "worker") return;
    this.#adopt(peer).catch((error) => this.#complain(describeError(error)));
  }

  protected override peerLeft(peer: Peer): void {
    super.peerLeft(peer);
    this.#hung.delete(peer);
    this.#cast.left(peer, this.life);
  }

  protected override peerRefused(hello: Hello | null, reason: string): void {
    super.peerRefused(hello, reason);
    if (hello?.token !== this.context.token) return;
    this.#cast.refused(hello.serviceId, reason);
    if (hello.serviceType === "worker") this.#end(`Cannot use ${hello.serviceId}: ${reason}`);
  }

  async #bringUp(): Promise<void> {
    const { mockServer, config, secrets } = this.#request;
    const mocked = mockServer && this.#startMockServer(mockServer);
    const prepared = SERVICES.map((type) => this.#cast.prepare(type));
    // After the children have been started: loading what it needs would hold them up.
    const reached = mocked ?? this.#useServer(secrets);
    await Promise.all([reached, ...prepared]);
    this.#configured.resolve();
    this.#machineBefore = readMachine();
    const first = SERVICES.filter((type) => type !== "timing_manager");
    await Promise.all(first.map((type) => this.#cast.ask(type, { kind: "start" })));
    const served = await this.#config.promise;
    await this.#calls.beforeLoad(served);
    if (this.#interruptedBy !== null) return;
    this.log.info(`All services run; the load goes to ${served.endpoint.urls.join(" and ")}`);
    this.#isLoadRunning = true;
    this.#request.onLoad?.();
    this.#cast.enter();
    await this.#cast.ask("timing_manager", { kind: "start" });
    this.log.debug(`Working for ${config.benchmarkId}`);
    if (await this.#calls.afterWarmup(served)) {
      await this.#cast.ask("timing_manager", { kind: "begin_profiling" });
    }
  }

  async #startMockServer(init: Record<string, unknown>): Promise<void> {
    await this.#cast.start("mock_server", init);
    const base = this.#cast.peer("mock_server").info["url"]!;
    const { config } = this.#request;
    const urls = config.endpoint.urls.map((url) => new URL(new URL(url).pathname, base).href);
    const serverCalls = config.serverCalls && { ...config.serverCalls, urls: [base] };
    const served = { ...config, serverCalls, endpoint: { ...config.endpoint, urls } };
    this.#config.resolve(served);
    await this.#cast.ask("mock_server", { kind: "configure", config: served, secrets: null });
  }

  async #useServer(secrets: RunSecrets): Promise<void> {
    this.#config.resolve(this.#request.config);
    await checkReachable(this.#request.config.endpoint.urls, secrets);
  }

  #initOf(type: ServiceType): Record<string, unknown> {
    if (type !== "worker_manager") return {};
    const { workers, runDir, epochUnixMs, logLevel } = this.#request.config;
    return { workers, runDir, epochUnixMs, logLevel } satisfies WorkerPlan;
  }

  /** Workers come when the worker manager has started them. */
  async #adopt(worker: Peer): Promise<void> {
    const config = await this.#config.promise;
    const { secrets } = this.#request;
    try {
      await worker.request({ kind: "configure", config, secrets }, COMMAND_TIMEOUT_MS);
      await this.#configured.promise;
      await worker.request({ kind: "start" }, COMMAND_TIMEOUT_MS);
    } catch (error) {
      // In mid-run the worker manager sees to a worker that has died; before, nothing is to be saved.
      if (!(error instanceof NoAnswerError) || !this.#cast.isOnStage) throw error;
      this.log.warning(error.message);
      if (!worker.isGone) this.#endHung(worker, "did not become ready and got killed");
    }
  }

  /** Whether it can be started again is then decided as for one that dies by itself. */
  #endHung(peer: Peer, reason: string): void {
    if (this.#hung.has(peer)) return;
    this.#hung.add(peer);
    this.log.error(`${peer.id} ${reason}`);
    if (peer.type !== "worker") return this.#cast.end(peer.id, reason);
    const command: Command = { kind: "replace_worker", workerId: peer.id, reason };
    this.#cast.ask("worker_manager", command).catch((error) =>
      this.log.warning(`Cannot replace ${peer.id}: ${describeError(error)}`)
    );
  }

  /** Tells a service that is back what its predecessor had been told. */
  async #catchUp(type: ServiceType): Promise<void> {
    if (type !== "records_manager" || this.#finish === null) return;
    await this.#cast.peer(type).request(this.#finish, RESULTS_TIMEOUT_MS);
  }

  async #collect(): Promise<void> {
    this.#request.view.end();
    if (!this.#isLoadRunning || this.#isBadInput) return;
    this.#isLoadRunning = false;
    const { log, clock } = this;
    const loadEnded = this.#loadEnded.promise;
    if (this.#failure !== null) await cutOff({ cast: this.#cast, log, clock, loadEnded });
    const inHaste = this.#failure !== null || this.#interruptedBy !== null;
    const deadlineMs = inHaste ? 500 : RECORD_PATIENCE_MS;
    this.#finish = { kind: "finish_records", deadlineMs };
    try {
      const { collectResults } = await import("./collect_results.ts");
      this.#results = await collectResults({
        cast: this.#cast,
        log,
        workers: () => [...this.peers].filter(({ type }) => type === "worker"),
        health: () => this.#lastHealth(),
        finish: this.#finish,
        config: this.#request.config,
        inputsTimeoutMs: inHaste ? 1_000 : RESULTS_TIMEOUT_MS,
        wasCancelled: inHaste || this.#wasCancelled,
        outcome: () => this.outcome,
        onRecords: (records) => this.#records = records,
      });
    } catch (error) {
      this.#end(describeError(error));
    }
  }

  /** How the instrument was, with what has happened since the last heartbeats. */
  async #lastHealth(): Promise<HealthSummary> {
    const beats = [...this.peers].map((peer) => peer.request({ kind: "beat" }, BEAT_TIMEOUT_MS));
    const asked = [readMachine(), datasetNotesOf(this.#cast), Promise.allSettled(beats)] as const;
    const [after, datasetNotes] = await Promise.all(asked);
    this.noteOwnUsage();
    const machine = machineBetween(await this.#machineBefore, after);
    const restarts = this.#cast.restarts.sentences();
    return { processes: this.#health.processes(), machine, restarts, datasetNotes };
  }

  async #shutDown(): Promise<void> {
    this.#cast.expectExits();
    const stopped = [...this.peers]
      .filter(({ type }) => type !== "worker")
      .map((peer) => peer.request({ kind: "stop" }, 2_000));
    await Promise.allSettled(stopped);
    const killed = await this.#cast.stopAll(1_000);
    if (killed.length > 0) this.log.warning(`Had to kill ${killed.join(", ")}`);
  }

  /** Ends the run, unless the end of another process, which comes to be known just now, is the cause. */
  #complain(failure: string): void {
    // An interrupt in the meantime does not excuse what had happened before it.
    const interruptedBy = this.#interruptedBy;
    void this.clock.sleep(CAUSE_MS, this.life).then(() => this.#end(failure, interruptedBy));
  }

  /** The first failure causes all that follow; what breaks once a start is called off is none. */
  #end(failure: string, interruptedBy = this.#interruptedBy): void {
    const isCalledOff = interruptedBy !== null && !this.#cast.isOnStage;
    if (this.#failure === null && this.#results === null && !isCalledOff) this.#failure = failure;
    this.#ended.resolve();
  }
}
