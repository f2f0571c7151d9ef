import type { Channel, Listener, Transport } from "../comms/channel.ts";
import type { Hello, Message } from "../comms/messages.ts";
import { type ListeningType, SOCKETS } from "../comms/sockets.ts";
import { CONTROLLER_ID, type ServiceType } from "../model/service_type.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeError, type Logger } from "../runtime/log.ts";
import { PROTOCOL_VERSION } from "../version.ts";
import { type Configuration, hooksOf, type Stage } from "./hooks.ts";
import { canTransition, IllegalTransitionError, type ServiceState } from "./lifecycle.ts";
import { Peer } from "./peer.ts";

/** How long a connection may stay silent before it says who it is. */
const HELLO_TIMEOUT_MS = 5_000;

/** What a service needs of the world. */
export interface ServiceContext {
  readonly type: ServiceType;
  readonly id: string;
  readonly transport: Transport;
  /** Proof of belonging to the run; a connection that does not know it is refused. */
  readonly token: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the parent wants the service to know before it is configured. */
  readonly init: Readonly<Record<string, unknown>>;
}

/** Lifecycle, state, connections and error handling that every service shares. */
export abstract class BaseService {
  readonly context: ServiceContext;
  #state: ServiceState = "created";
  #listener: Listener | null = null;
  readonly #peers = new Set<Peer>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];

  constructor(context: ServiceContext) {
    this.context = context;
  }

  get id(): string {
    return this.context.id;
  }

  get log(): Logger {
    return this.context.log;
  }

  get clock(): Clock {
    return this.context.clock;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** Every service that is connected to this one. */
  get peers(): ReadonlySet<Peer> {
    return this.#peers;
  }

  /** Makes the service ready to be reached. */
  async initialize(): Promise<void> {
    await this.#pass("initializing", "initialized", () => this.#runStage("init"));
  }

  /** Serves until the service is stopped. */
  abstract run(): Promise<void>;

  /** Takes the run's configuration. */
  async configure(configuration: Configuration): Promise<void> {
    await this.#pass("configuring", "configured", () => this.#runStage("configure", configuration));
  }

  /** Begins the service's work. */
  async start(): Promise<void> {
    await this.#pass("starting", "running", () => this.#runStage("start"));
  }

  /** Ends the service's work. */
  async stop(): Promise<void> {
    if (this.#state === "stopping" || this.#state === "stopped") return;
    await this.#pass("stopping", "stopped", () => this.#runStage("stop"));
  }

  /** Gives back everything the service holds; what fails here is logged and the rest goes on. */
  async cleanup(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const hook of hooksOf(this).stages.cleanup) {
      try {
        await hook(undefined as never);
      } catch (error) {
        this.log.error(`Cannot clean up: ${describeError(error)}`);
      }
    }
    this.#listener?.close();
    await Promise.all([...this.#peers].map((peer) => peer.channel.close()));
  }

  /** Moves to `failed`; the subclasses tell whom it concerns. */
  fail(error: unknown): void {
    this.log.error(describeError(error, this.log.enabled("DEBUG")));
    if (canTransition(this.#state, "failed")) this.#enter("failed");
  }

  /** What the service tells about itself when it says hello. */
  protected helloInfo(): Record<string, string> {
    return {};
  }

  /** Called when a service has connected and said who it is. */
  protected peerJoined(_peer: Peer): void {}

  /** Called when a service that had connected is gone. */
  protected peerLeft(_peer: Peer): void {}

  /** Called when a connection is refused; `hello` is null when it never said one. */
  protected peerRefused(_hello: Hello | null, reason: string): void {
    this.log.warning(`Refused a connection: ${reason}`);
  }

  /** Called on every change of state. */
  protected stateChanged(state: ServiceState): void {
    this.log.debug(`is ${state}`);
  }

  /** Called for a message that no hook of this service takes. */
  protected unhandled(message: Message, peer: Peer): void {
    this.log.debug(`Dropped a message "${message.type}" from ${peer.id}: nobody takes it here`);
  }

  /** Opens the service's own socket. */
  protected listen(): void {
    const name = SOCKETS[this.context.type as ListeningType];
    this.#listener = this.context.transport.listen(name, (channel) => this.#admit(channel));
  }

  /** Connects to another service's socket and says hello. */
  protected async connectTo(type: ListeningType): Promise<Peer> {
    const channel = await this.context.transport.connect(SOCKETS[type]);
    const serviceId = type === "system_controller" ? CONTROLLER_ID : type;
    const peer = new Peer({ serviceType: type, serviceId, info: {} }, channel);
    void peer.send({
      type: "hello",
      protocol: PROTOCOL_VERSION,
      serviceType: this.context.type,
      serviceId: this.id,
      token: this.context.token,
      pid: Deno.pid,
      info: this.helloInfo(),
    });
    this.#keep(peer);
    channel.receive(
      (message) => this.dispatch(message, peer),
      (problem) => this.#report(problem, peer),
    );
    return peer;
  }

  /** Starts the periodic hooks. */
  protected startTimers(): void {
    for (const { everyMs, run } of hooksOf(this).periodic) {
      this.#timers.push(setInterval(() => void this.#guard(run), everyMs));
    }
  }

  /** Hands a message to the hook that takes it. */
  protected dispatch(message: Message, peer: Peer): void | Promise<void> {
    if (message.type === "response") return peer.settle(message);
    if (message.type === "command") return void this.#execute(message, peer);
    const handler = hooksOf(this).messages.get(message.type);
    if (!handler) return this.unhandled(message, peer);
    try {
      const done = handler(message as never, peer);
      return done instanceof Promise ? done.catch((error) => this.fail(error)) : done;
    } catch (error) {
      this.fail(error);
    }
  }

  async #execute(message: Message & { type: "command" }, peer: Peer): Promise<void> {
    const { id, command } = message;
    const handler = hooksOf(this).commands.get(command.kind);
    try {
      if (!handler) throw new Error(`Cannot do "${command.kind}": ${this.id} has no such command`);
      const data = await handler(command as never, peer);
      void peer.send({ type: "response", id, error: null, data: data ?? null });
    } catch (error) {
      this.log.debug(`"${command.kind}" failed: ${describeError(error, true)}`);
      void peer.send({ type: "response", id, error: describeError(error), data: null });
    }
  }

  #admit(channel: Channel): void {
    let peer: Peer | null = null;
    const timer = setTimeout(() => {
      if (!peer) this.#refuse(channel, null, `it said nothing for ${HELLO_TIMEOUT_MS} ms`);
    }, HELLO_TIMEOUT_MS);
    void channel.closed.then(() => clearTimeout(timer));
    channel.receive((message) => {
      if (peer) return this.dispatch(message, peer);
      clearTimeout(timer);
      const reason = this.#whyRefused(message);
      if (reason !== null) return this.#refuse(channel, message, reason);
      peer = new Peer(message as Hello, channel);
      this.#keep(peer);
      this.peerJoined(peer);
    }, (problem) => this.#report(problem, peer));
  }

  #whyRefused(message: Message): string | null {
    if (message.type !== "hello") return `it said "${message.type}" instead of hello`;
    if (message.token !== this.context.token) return `"${message.serviceId}" has a wrong token`;
    if (message.protocol === PROTOCOL_VERSION) return null;
    return `${message.serviceId} speaks protocol ${message.protocol}, ` +
      `this aiperf speaks ${PROTOCOL_VERSION}: are two versions mixed?`;
  }

  #refuse(channel: Channel, message: Message | null, reason: string): void {
    void channel.close();
    this.peerRefused(message?.type === "hello" ? message : null, reason);
  }

  #keep(peer: Peer): void {
    this.#peers.add(peer);
    void peer.channel.closed.then((error) => {
      this.#peers.delete(peer);
      if (error) this.log.debug(`Lost ${peer.id}: ${error.message}`);
      this.peerLeft(peer);
    });
  }

  #report(problem: Error, peer: Peer | null): void {
    this.log.warning(`Dropped a message from ${peer?.id ?? "a stranger"}: ${problem.message}`);
  }

  async #runStage(stage: Stage, configuration?: Configuration): Promise<void> {
    for (const hook of hooksOf(this).stages[stage]) await hook(configuration as Configuration);
  }

  async #pass(via: ServiceState, to: ServiceState, work: () => Promise<void>): Promise<void> {
    if (!canTransition(this.#state, via)) {
      throw new IllegalTransitionError(this.id, this.#state, via);
    }
    this.#enter(via);
    try {
      await work();
    } catch (error) {
      this.fail(error);
      throw error;
    }
    // A stop or a failure may have come in between.
    if (this.#state === via) this.#enter(to);
  }

  async #guard(run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.fail(error);
    }
  }

  #enter(state: ServiceState): void {
    this.#state = state;
    this.stateChanged(state);
  }
}
