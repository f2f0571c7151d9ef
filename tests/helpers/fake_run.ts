import type { Command, CommandKind } from "../../common/comms/messages.ts";
import { SOCKETS } from "../../common/comms/sockets.ts";
import type { RecordsSummary, WrittenResults } from "../../common/model/report.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import type { Child, ChildSpec } from "../../common/runtime/child_process.ts";
import { SystemController } from "../../services/system_controller/service.ts";
import { RunView } from "../../services/system_controller/ui/run_view.ts";
import { Terminal } from "../../services/system_controller/ui/terminal.ts";
import { FakePeer } from "./fake_peer.ts";
import { reportOn } from "./metrics_of.ts";
import { recordOf } from "./records.ts";
import { runConfigOf } from "./run_config.ts";
import { ControllerHarness } from "./service_harness.ts";
import { until } from "./until.ts";

const ACCOUNT = { issued: 1, succeeded: 1, failed: 0, cancelled: 0, lost: 0 };
const NOTHING = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };

const RECORDS: RecordsSummary = {
  accounts: { warmup: NOTHING, profiling: ACCOUNT },
  missing: 0,
  missingIds: [],
};

const RESULTS: WrittenResults = { report: reportOn([recordOf()]), console: "", problems: [] };

/** How a fake process answers commands: an answer, or what is done instead of one. */
export type Script = Partial<Record<CommandKind, (child: FakeProcess) => unknown>>;

/** A process of a run that a test plays: it does what every service does, at once. */
export class FakeProcess implements Child {
  readonly pid = 1;
  readonly exited: Promise<string>;
  readonly spec: ChildSpec;
  /** The kinds of the commands that it has got. */
  readonly commands: CommandKind[] = [];
  /** A process that is stopped gives no sign of life. */
  isStopped = false;
  readonly #own = new Map<CommandKind, (child: FakeProcess) => unknown>();
  #exit: (how: string) => void;
  #peer: FakePeer | null = null;
  #isGone = false;

  constructor(spec: ChildSpec) {
    this.spec = spec;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.exited = promise;
    this.#exit = resolve;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Says hello to the controller and is ready for its commands. */
  join(peer: FakePeer, script: Script): void {
    if (this.#isGone) return void peer.close();
    this.#peer = peer;
    for (const kind of Object.keys(ANSWERS) as CommandKind[]) {
      peer.answer(kind, (command: Command) => {
        this.commands.push(command.kind);
        const answer = this.#own.get(kind) ?? script[kind];
        return answer ? answer(this) : ANSWERS[kind];
      });
    }
    const info = this.spec.type === "mock_server" ? { url: "http://127.0.0.1:9" } : {};
    peer.hello(this.spec.type, this.spec.id, { info });
  }

  /** From now on answers a command in another way. */
  onCommand(kind: CommandKind, answer: (child: FakeProcess) => unknown): void {
    this.#own.set(kind, answer);
  }

  /** What a service answers when all is well. */
  answerOf(kind: CommandKind): unknown {
    return ANSWERS[kind];
  }

  /** Says something to the controller. */
  say(message: Parameters<FakePeer["send"]>[0]): void {
    this.#peer?.send(message);
  }

  beat(): void {
    if (this.isStopped || this.#isGone) return;
    this.say({ type: "heartbeat", atNs: 0, rssBytes: 1, cpuMs: 1, lags: [] });
  }

  kill(): void {
    this.die("was ended by SIGKILL");
  }

  /** Is no more. */
  die(how: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    void this.#peer?.close();
    this.#exit(how);
  }
}

const ANSWERS: Partial<Record<CommandKind, unknown>> = {
  configure: null,
  start: null,
  begin_profiling: null,
  beat: null,
  stop: null,
  cancel_run: null,
  drain_credits: null,
  replace_worker: null,
  finish_records: RECORDS,
  close_journal: null,
  write_results: RESULTS,
  write_inputs: null,
  close_raw_export: null,
};

/** A controller in the middle of a run, whose every process the test plays. */
export class FakeRun implements AsyncDisposable {
  readonly processes: FakeProcess[] = [];
  readonly scripts = new Map<ServiceType, Script>();
  readonly harness: ControllerHarness<SystemController>;
  #ended: Promise<void> = Promise.resolve();

  constructor() {
    const terminal = new Terminal({ write() {}, isTerminal: false, columns: 80 });
    this.harness = new ControllerHarness((context) =>
      new SystemController(context, {
        config: runConfigOf(),
        secrets: { apiKey: null, headers: {} },
        mockServer: {},
        view: new RunView(terminal, { ui: "none", plainIntervalMs: 10_000 }),
        spawn: (spec) => this.#spawn(spec),
      })
    );
  }

  /** Starts the run, whose processes do as their scripts say. */
  async begin(): Promise<void> {
    await this.harness.service.initialize();
    this.#ended = this.harness.service.run();
  }

  /** A run whose load has just begun. */
  static async underLoad(): Promise<FakeRun> {
    const run = new FakeRun();
    await run.begin();
    await until("the load", () => run.latest("timing_manager")?.commands.includes("start"));
    await run.addWorker("worker_00000000");
    return run;
  }

  get controller(): SystemController {
    return this.harness.service;
  }

  /** The process that plays a service, and those before it. */
  all(type: ServiceType): FakeProcess[] {
    return this.processes.filter(({ spec }) => spec.type === type);
  }

  latest(type: ServiceType): FakeProcess | undefined {
    return this.all(type).at(-1);
  }

  /** A worker joins, as if the worker manager had started it. */
  async addWorker(id: string): Promise<FakeProcess> {
    const { runDir, epochUnixMs } = runConfigOf();
    const worker = this.#spawn({
      ...{ type: "worker", id, runDir, epochUnixMs, logLevel: "INFO", init: {}, token: "" },
      onLine() {},
    });
    await until("the worker", () => worker.commands.includes("start"));
    return worker;
  }

  /** Lets time pass in which every process that is not stopped gives its signs of life. */
  async live(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      for (const process of this.processes) process.beat();
      await this.harness.clock.advance(250);
    }
  }

  /** Ends the load; resolves when the run is over. */
  async finish(): Promise<void> {
    this.latest("timing_manager")!.say({ type: "run_complete", wasCancelled: false });
    await this.over();
  }

  /** Resolves when the run is over. */
  async over(): Promise<void> {
    let isOver = false;
    void this.#ended.then(() => isOver = true);
    await until("the end of the run", async () => {
      if (!isOver) await this.live(1_000);
      return isOver;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.processes) process.kill();
    await this.harness[Symbol.asyncDispose]();
  }

  #spawn(spec: ChildSpec): FakeProcess {
    const process = new FakeProcess(spec);
    this.processes.push(process);
    void this.harness.transport.connect(SOCKETS.system_controller).then((channel) =>
      process.join(new FakePeer(channel), this.scripts.get(spec.type) ?? {})
    );
    return process;
  }
}
