import type { Command, Hello, MessageOf } from "../../common/comms/messages.ts";
import {
  type RecordsSummary,
  recordsSummarySchema,
  type WrittenResults,
  writtenResultsSchema,
} from "../../common/model/report.ts";
import type { RunConfig, RunSecrets, WorkerPlan } from "../../common/model/run_config.ts";
import { CONTROLLER_ID, type ServiceType } from "../../common/model/service_type.ts";
import { spawnChild } from "../../common/runtime/child_process.ts";
import { describeError, type LogLevel } from "../../common/runtime/log.ts";
import type { ServiceContext } from "../../common/service/base_service.ts";
import { coldStartNs, type HealthSummary } from "../../common/model/instrument.ts";
import { processUsage } from "../../common/runtime/process_usage.ts";
import type { RunClosing } from "../../common/model/journal.ts";
import { ControllerService } from "../../common/service/controller_service.ts";
import { every, onCleanup, onMessage } from "../../common/service/hooks.ts";
import type { Peer } from "../../common/service/peer.ts";
import { ProcessSupervisor } from "../../common/service/process_supervisor.ts";
import { exitCodeOf, problemsOf, type RunOutcome, type StopSignal } from "./outcome.ts";
import { HealthCollector } from "./health_collector.ts";
import {
  BEAT_TIMEOUT_MS,
  COMMAND_TIMEOUT_MS,
  INPUT_FILE_TIMEOUT_MS,
  INTERRUPT_GRACE_MS,
  INTERRUPT_LIMIT_MS,
  RECORD_PATIENCE_MS,
  RESULTS_TIMEOUT_MS,
  SILENCE_LIMIT_NS,
} from "./limits.ts";
import { machineBetween, type MachineCounters } from "./machine_counters.ts";
import { checkReachable } from "./preflight.ts";
import { readMachine } from "./read_machine.ts";
import type { RunRequest } from "./run_request.ts";

/** The services of a run, but for the workers, which the worker manager starts. */
const SERVICES = [
  "worker_manager",
  "timing_manager",
  "dataset_manager",
  "records_manager",
  "post_processor_manager",
] as const satisfies readonly ServiceType[];

/** Leads a run: brings the services up, watches them, collects the results, ends them. */
export class SystemController extends ControllerService {
  readonly #request: RunRequest;
  readonly #supervisor: ProcessSupervisor;
  readonly #config = Promise.withResolvers<RunConfig>();
  readonly #configured = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #health = new HealthCollector();
  #machineBefore: Promise<MachineCounters | null> = Promise.resolve(null);
  readonly #loadEnded = Promise.withResolvers<void>();
  #isLoadRunning = false;
  #wasCancelled = false;
  #failure: string | null = null;
  #isBadInput = false;
  #hasTooManyFailures = false;
  #interruptedBy: StopSignal | null = null;
  #records: RecordsSummary | null = null;
  #results: WrittenResults | null = null;

  constructor(context: ServiceContext, request: RunRequest) {
    super(context);
    this.#request = request;
    const { runDir, epochUnixMs, logLevel } = request.config;
    this.#supervisor = new ProcessSupervisor({
      clock: context.clock,
      spawn: spawnChild,
      common: {
        runDir,
        epochUnixMs,
        logLevel: logLevel as LogLevel,
        token: context.token,
        onLine: (line, serviceId) => context.log.passOn(line, serviceId),
      },
      onUnexpectedExit: (id, reason) => this.#end(`${id} ${reason} in the middle of the run`),
    });
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
      records: this.#records,
      report: this.#results?.report ?? null,
      unwritten: this.#results?.problems ?? [],
    };
  }

  /** The text of the result, for stdout; null when there is no result. */
  get resultText(): string | null {
    return this.#results?.console ?? null;
  }

  /** Leads the run from the first process to the last. */
  override async run(): Promise<void> {
    this.listen();
    this.startTimers();
    try {
      await Promise.race([this.#bringUp(), this.#ended.promise]);
      await this.#ended.promise;
    } catch (error) {
      this.#end(describeError(error));
    }
    await this.#collect();
    await this.#shutDown();
    for (const problem of problemsOf(this.outcome)) this.log.error(problem);
    this.log.info(`The run ended with exit code ${exitCodeOf(this.outcome)}`);
  }

  /** Ends the run early: the first time in good order, the second time at once. */
  interrupt(signal: StopSignal): "gracefully" | "at once" {
    if (this.#interruptedBy !== null) {
      this.#supervisor.killAll();
      return "at once";
    }
    this.#interruptedBy = signal;
    this.log.warning(`Interrupted by ${signal}`);
    if (!this.#isLoadRunning) {
      this.#ended.resolve();
      return "gracefully";
    }
    const command: Command = { kind: "cancel_run", graceMs: INTERRUPT_GRACE_MS };
    this.#ask("timing_manager", command, INTERRUPT_LIMIT_MS).catch((error) =>
      this.#end(describeError(error))
    );
    void this.clock.sleep(INTERRUPT_LIMIT_MS).then(() => this.#ended.resolve());
    return "gracefully";
  }

  @onMessage("failure")
  protected noteFailure({ serviceId, cause }: MessageOf<"failure">): void {
    this.#end(`${serviceId}: ${cause}`);
  }

  @onMessage("bad_input")
  protected noteBadInput({ problem }: MessageOf<"bad_input">): void {
    if (this.#failure === null) this.#isBadInput = true;
    this.#end(problem);
  }

  @onMessage("phase_started")
  protected notePhaseStart(event: MessageOf<"phase_started">): void {
    this.log.info(`Phase ${event.phase} has started`);
    if (event.phase === "profiling") {
      this.#health.watchFrom(event.startNs + coldStartNs(this.#request.config.phases));
    }
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("phase_progress")
  protected notePhaseProgress(event: MessageOf<"phase_progress">): void {
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("phase_complete")
  protected notePhaseEnd(event: MessageOf<"phase_complete">): void {
    this.log.info(`Phase ${event.phase} is complete: ${event.issued} requests, ${event.reason}`);
    if (event.reason === "failed_threshold") this.#hasTooManyFailures = true;
    this.#request.view.note(event, this.clock.nowNs());
  }

  @onMessage("records_progress")
  protected noteRecords(event: MessageOf<"records_progress">): void {
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

  @every(1_000)
  protected watchHeartbeats(): void {
    for (const peer of this.peers) {
      const silentNs = this.clock.nowNs() - (this.lastSeenNs(peer.id) ?? Infinity);
      // A service that works on a command may be deep in it; the command has its own time limit.
      if (silentNs < SILENCE_LIMIT_NS || peer.isBusy) continue;
      this.#end(`${peer.id} has not been heard of for ${Math.round(silentNs / 1e9)} s`);
    }
  }

  @onCleanup
  protected killRest(): void {
    this.#supervisor.killAll();
  }

  /** The controller's own failure ends the run too. */
  override fail(error: unknown): void {
    super.fail(error);
    this.#end(describeError(error));
  }

  protected override peerJoined(peer: Peer): void {
    super.peerJoined(peer);
    this.#supervisor.confirm(peer.id);
    if (peer.type === "worker") this.#adopt(peer).catch((error) => this.#end(describeError(error)));
  }

  protected override peerRefused(hello: Hello | null, reason: string): void {
    super.peerRefused(hello, reason);
    if (hello?.token !== this.context.token) return;
    this.#supervisor.refuse(hello.serviceId, reason);
    if (hello.serviceType === "worker") this.#end(`Cannot use ${hello.serviceId}: ${reason}`);
  }

  async #bringUp(): Promise<void> {
    const { mockServer, config, secrets } = this.#request;
    const mocked = mockServer && this.#startMockServer(mockServer);
    const prepared = SERVICES.map((type) => this.#prepare(type));
    // After the children have been started: loading what it needs would hold them up.
    const reached = mocked ?? this.#useServer(secrets);
    await Promise.all([reached, ...prepared]);
    this.#configured.resolve();
    this.#machineBefore = readMachine();
    const first = SERVICES.filter((type) => type !== "timing_manager");
    await Promise.all(first.map((type) => this.#ask(type, { kind: "start" })));
    if (this.#interruptedBy !== null) return;
    this.log.info(
      `All services run; the load goes to ${(await this.#config.promise).endpoint.url}`,
    );
    this.#isLoadRunning = true;
    await this.#ask("timing_manager", { kind: "start" });
    this.log.debug(`Working for ${config.benchmarkId}`);
  }

  async #startMockServer(init: Record<string, unknown>): Promise<void> {
    await this.#supervisor.start("mock_server", "mock_server", init);
    const base = this.#peer("mock_server").info["url"]!;
    const { config } = this.#request;
    const url = new URL(new URL(config.endpoint.url).pathname, base).href;
    const served = { ...config, endpoint: { ...config.endpoint, url } };
    this.#config.resolve(served);
    await this.#ask("mock_server", { kind: "configure", config: served, secrets: null });
  }

  async #useServer(secrets: RunSecrets): Promise<void> {
    this.#config.resolve(this.#request.config);
    await checkReachable(this.#request.config.endpoint.url, secrets);
  }

  async #prepare(type: ServiceType): Promise<void> {
    await this.#supervisor.start(type, type, this.#initOf(type));
    const config = await this.#config.promise;
    const readsFile = type === "dataset_manager" && config.dataset.file !== null;
    const timeoutMs = readsFile ? INPUT_FILE_TIMEOUT_MS : COMMAND_TIMEOUT_MS;
    await this.#ask(type, { kind: "configure", config, secrets: null }, timeoutMs);
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
    await worker.request({ kind: "configure", config, secrets }, COMMAND_TIMEOUT_MS);
    await this.#configured.promise;
    await worker.request({ kind: "start" }, COMMAND_TIMEOUT_MS);
  }

  async #collect(): Promise<void> {
    this.#request.view.end();
    if (!this.#isLoadRunning || this.#isBadInput) return;
    this.#isLoadRunning = false;
    if (this.#failure !== null) await this.#cutOff();
    const inHaste = this.#failure !== null || this.#interruptedBy !== null;
    try {
      const deadlineMs = inHaste ? 500 : RECORD_PATIENCE_MS;
      const finish: Command = { kind: "finish_records", deadlineMs };
      const watched = this.#lastHealth();
      this.#records = recordsSummarySchema.parse(
        await this.#ask("records_manager", finish, RESULTS_TIMEOUT_MS),
      );
      const health = await watched;
      const wasCancelled = inHaste || this.#wasCancelled;
      const { accounts, missing } = this.#records;
      const account = accounts.profiling;
      const write: Command = { kind: "write_results", wasCancelled, account, health };
      const failure = this.#failure;
      const [written] = await Promise.all([
        this.#ask("post_processor_manager", write, RESULTS_TIMEOUT_MS),
        this.#closeJournal({
          type: "run_closing",
          wasCancelled,
          failure,
          accounts,
          missing,
          health,
        }),
        this.#writeInputs(inHaste ? 1_000 : RESULTS_TIMEOUT_MS),
      ]);
      this.#results = writtenResultsSchema.parse(written);
    } catch (error) {
      this.#end(describeError(error));
    }
  }

  /** From then on the journal alone can tell the whole story. */
  async #closeJournal(closing: RunClosing): Promise<void> {
    try {
      await this.#ask("records_manager", { kind: "close_journal", closing });
    } catch (error) {
      this.log.warning(`Cannot close the journal: ${describeError(error)}`);
    }
  }

  /** What is in flight when the run breaks becomes records too, if those who see to it live. */
  async #cutOff(): Promise<void> {
    const limit = new AbortController();
    try {
      await this.#ask("timing_manager", { kind: "cancel_run", graceMs: 0 }, INTERRUPT_LIMIT_MS);
      const late = this.clock.sleep(INTERRUPT_LIMIT_MS, limit.signal);
      await Promise.race([this.#loadEnded.promise, late]);
    } catch (error) {
      this.log.warning(`Cannot cut off the load: ${describeError(error)}`);
    } finally {
      limit.abort();
    }
  }

  /** How the instrument was, with what has happened since the last heartbeats. */
  async #lastHealth(): Promise<HealthSummary> {
    const beats = [...this.peers].map((peer) => peer.request({ kind: "beat" }, BEAT_TIMEOUT_MS));
    const [after] = await Promise.all([readMachine(), Promise.allSettled(beats)]);
    this.noteOwnUsage();
    const machine = machineBetween(await this.#machineBefore, after);
    return { processes: this.#health.processes(), machine };
  }

  /** The request bodies come from a worker: it alone knows the shape of the API. */
  async #writeInputs(timeoutMs: number): Promise<void> {
    const worker = [...this.peers].find(({ type }) => type === "worker");
    try {
      await worker?.request({ kind: "write_inputs" }, timeoutMs);
    } catch (error) {
      this.log.warning(`Cannot write inputs.json: ${describeError(error)}`);
    }
  }

  async #shutDown(): Promise<void> {
    this.#supervisor.expectExits();
    const stopped = [...this.peers]
      .filter(({ type }) => type !== "worker")
      .map((peer) => peer.request({ kind: "stop" }, 2_000));
    await Promise.allSettled(stopped);
    const killed = await this.#supervisor.stopAll(1_000);
    if (killed.length > 0) this.log.warning(`Had to kill ${killed.join(", ")}`);
  }

  #ask(type: ServiceType, command: Command, timeoutMs = COMMAND_TIMEOUT_MS): Promise<unknown> {
    return this.#peer(type).request(command, timeoutMs);
  }

  #peer(type: ServiceType): Peer {
    const peer = [...this.peers].find((one) => one.type === type);
    if (!peer) throw new Error(`${type} is gone`);
    return peer;
  }

  /** The first failure is the cause of all that follow, so it is the one that is kept. */
  #end(failure: string): void {
    if (this.#failure === null && this.#results === null) this.#failure = failure;
    this.#ended.resolve();
  }
}

/** The id that the controller goes by. */
export const SERVICE_ID = CONTROLLER_ID;
