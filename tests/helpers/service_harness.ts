import { MemoryTransport } from "../../common/comms/memory_transport.ts";
import { type ListeningType, SOCKETS } from "../../common/comms/sockets.ts";
import type { RunConfig, RunSecrets } from "../../common/model/run_config.ts";
import type { RunEvent } from "../../common/model/run_event.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import { Logger, type LogLevel } from "../../common/runtime/log.ts";
import type { BaseService, ServiceContext } from "../../common/service/base_service.ts";
import type { ComponentService } from "../../common/service/component_service.ts";
import type { ControllerService } from "../../common/service/controller_service.ts";
import type { ServiceState } from "../../common/service/lifecycle.ts";
import { FakeClock, settle } from "./fake_clock.ts";
import { FakeHost, FakePeer, type HelloChange, TEST_TOKEN } from "./fake_peer.ts";
import { runConfigOf } from "./run_config.ts";

/** What can be set of the service under test. */
export interface HarnessOptions {
  readonly type: ServiceType;
  /** The type, unless it is set. */
  readonly id?: string;
  readonly init?: Record<string, unknown>;
  /** DEBUG, unless it is set. */
  readonly logLevel?: LogLevel;
  /** An hour after the run's zero, unless it is set. */
  readonly startNs?: number;
}

/** Makes the service under test. */
export type Create<S> = (context: ServiceContext) => S;

/** One service by itself, on a fake clock and a transport in memory; the test plays the others. */
export class ServiceHarness<S extends BaseService> implements AsyncDisposable {
  readonly service: S;
  readonly clock: FakeClock;
  readonly transport = new MemoryTransport();
  /** Every line that the service has logged. */
  readonly log: string[] = [];
  readonly #hosts: FakeHost[] = [];
  readonly #peers: FakePeer[] = [];

  constructor(create: Create<S>, options: HarnessOptions) {
    const { type, id = type, init = {}, logLevel = "DEBUG", startNs = 3_600e9 } = options;
    this.clock = new FakeClock(startNs);
    const log = new Logger({ serviceId: id, level: logLevel, sink: (line) => this.log.push(line) });
    const { clock, transport } = this;
    this.service = create({ type, id, transport, token: TEST_TOKEN, clock, log, init });
  }

  /** Plays a service that the one under test can connect to. */
  host(type: ListeningType): FakeHost {
    const host = new FakeHost(this.transport, type);
    this.#hosts.push(host);
    return host;
  }

  /** Connects to the service under test without saying anything. */
  async connectSilently(): Promise<FakePeer> {
    const name = SOCKETS[this.service.context.type as ListeningType];
    const peer = new FakePeer(await this.transport.connect(name));
    this.#peers.push(peer);
    return peer;
  }

  /** Connects to the service under test as another one and says hello. */
  async connectAs(type: ServiceType, id: string, change: HelloChange = {}): Promise<FakePeer> {
    const peer = await this.connectSilently();
    peer.hello(type, id, change);
    await settle();
    return peer;
  }

  /** Whether a line of the log contains a text. */
  logged(text: string): boolean {
    return this.log.some((line) => line.includes(text));
  }

  /** Cleans the service up and ends everything that the test has played. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.cleanup();
    await Promise.all([...this.#hosts, ...this.#peers].map((one) => one.close()));
  }
}

/** A component on the bus of a controller that the test plays. */
export class ComponentHarness<S extends ComponentService> extends ServiceHarness<S> {
  readonly #bus: FakeHost;
  #controller: FakePeer | null = null;
  #ended: Promise<Error | null> = Promise.resolve(null);

  /** Use `ComponentHarness.up()`. */
  constructor(create: Create<S>, options: HarnessOptions) {
    super(create, options);
    this.#bus = this.host("system_controller");
  }

  /** Makes a service that is initialized and has said hello to the controller. */
  static async up<S extends ComponentService>(
    create: Create<S>,
    options: HarnessOptions,
  ): Promise<ComponentHarness<S>> {
    const harness = new ComponentHarness(create, options);
    await harness.service.initialize();
    harness.#ended = harness.service.run().then(() => null, (error) => error);
    harness.#controller = await harness.#bus.guest();
    return harness;
  }

  /** The controller's side of the bus. */
  get controller(): FakePeer {
    return this.#controller!;
  }

  /** Resolves when `run()` is over: with null, or with what it threw. */
  get ended(): Promise<Error | null> {
    return this.#ended;
  }

  /** The states that the service has told the controller of. */
  get states(): ServiceState[] {
    return this.controller.of("status").map(({ state }) => state);
  }

  /** Gives the service its configuration; rejects when it cannot be configured. */
  async configure(
    change: Partial<RunConfig> = {},
    secrets: RunSecrets | null = null,
  ): Promise<void> {
    await this.controller.ask({ kind: "configure", config: runConfigOf(change), secrets });
  }

  /** Lets the service begin; rejects when it cannot. */
  async start(): Promise<void> {
    await this.controller.ask({ kind: "start" });
  }

  /** Lets the service end. */
  async stop(): Promise<void> {
    await this.controller.ask({ kind: "stop" });
  }

  /** Tells the service of something that happened in the run. */
  async publish(event: RunEvent): Promise<void> {
    this.controller.send(event);
    await settle();
  }
}

/** A controller whose components the test plays; they join by `connectAs()`. */
export class ControllerHarness<S extends ControllerService> extends ServiceHarness<S> {
  constructor(create: Create<S>, options: Partial<HarnessOptions> = {}) {
    super(create, { type: "system_controller", id: "controller", ...options });
  }
}
