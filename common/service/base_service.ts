import { BadMessageError } from "../comms/bad_message.ts";
import type { Channel, Listener, MessageHandler, Transport } from "../comms/channel.ts";
import { FrameTooLargeError } from "../comms/frame.ts";
import type { Command, Hello, Message } from "../comms/messages.ts";
import { type ListeningType, SOCKETS } from "../comms/sockets.ts";
import { CONTROLLER_ID, type ServiceType } from "../model/service_type.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeError, type Logger } from "../runtime/log.ts";
import { PROTOCOL_VERSION } from "../version.ts";
import { Admission } from "./admission.ts";
import { type Configuration, hooksOf, type PeriodicHook, type Stage } from "./hooks.ts";
import { canTransition, IllegalTransitionError, type ServiceState } from "./lifecycle.ts";
import { Peer } from "./peer.ts";

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
  /** Makes the process show up under the service's id; absent where a service is no process. */
  readonly showName?: (serviceId: string) => Promise<void>;
  /** Has the process leave the CPUs to others from soon on; absent where it does not. */
  readonly standBack?: () => Promise<void>;
  /** Has the process no longer leave the CPUs to others, from the first time on; absent where it does not. */
  readonly comeForward?: () => Promise<void>;
}

/** Lifecycle, state, connections and error handling that every service shares. */
export abstract class BaseService {
  readonly context: ServiceContext;
  #state: ServiceState = "created";
  #hasFailed = false;
  #stopping: Promise<void> | null = null;
  #listener: Listener | null = null;
  readonly #admission: Admission;
  readonly #peers = new Set<Peer>();
  readonly #life = new AbortController();

  constructor(context: ServiceContext) {
    this.context = context;
    this.#admission = new Admission({
      serviceId: context.id,
      token: context.token,
      clock: context.clock,
      isTaken: ({ serviceId, pid }) => this.#find(serviceId)?.pid === pid,
      admit: (hello, channel) => this.#admit(hello, channel),
      refused: (hello, reason) => this.#guard(() => this.peerRefused(hello, reason)),
      badMessage: (problem, channel) => this.#report(problem, channel),
    });
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

  /** Whether anything has gone wrong that ends the run; a failed service can still be stopped. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Aborts when the service begins to clean up. */
  protected get life(): AbortSignal {
    return this.#life.signal;
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

  /**
   * Ends the service's work; being asked again waits for the same end.
   *
   * Of a stage that it cuts short, the hook that runs goes on and those after it do not begin.
   */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#check("stopping");
      this.#stopping = this.#pass("stopping", "stopped", () => this.#runStage("stop"));
    }
    await this.#stopping;
  }

  /** Gives back everything the service holds; what fails here is logged and the rest goes on. */
  async cleanup(): Promise<void> {
    this.#life.abort();
    for (const hook of hooksOf(this).stages.cleanup) {
      try {
        await hook(undefined as never);
      } catch (error) {
        this.log.error(`Cannot clean up: ${describeError(error)}`);
      }
    }
    this.#listener?.close();
    const closing = [...this.#peers].map((peer) => peer.channel.close());
    await Promise.all([this.#admission.close(), ...closing]);
  }

  /** Moves to `failed`; the subclasses tell whom it concerns. */
  fail(error: unknown): void {
    this.#hasFailed = true;
    this.log.error(describeError(error, this.log.enabled("DEBUG")));
    if (canTransition(this.#state, "failed")) this.#enter("failed");
  }

  /** What the service tells about itself when it says hello. */
  protected helloInfo(): Record<string, string> {
    return {};
  }

  /** Called when this service has connected to another one and said hello. */
  protected peerReached(_peer: Peer): void {}

  /** Called when a service has connected and said who it is. */
  protected peerJoined(_peer: Peer): void {}

  /** Called when a service that had connected is gone. */
  protected peerLeft(_peer: Peer): void {}

  /** Called when the answer to a command has been sent. */
  protected answered(_command: Command): void {}

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
    if (message.type === "failure") return this.log.warning(`${peer.id}: ${message.cause}`);
    this.log.debug(`Dropped a message "${message.type}" from ${peer.id}: nobody takes it here`);
  }

  /** Opens the service's own socket. */
  protected listen(): void {
    const name = SOCKETS[this.context.type as ListeningType];
    this.#listener = this.context.transport.listen(
      name,
      (channel) => this.#admission.take(channel),
    );
  }

  /** Connects to another service's socket and says hello. */
  protected async connectTo(type: ListeningType): Promise<Peer> {
    const channel = await this.context.transport.connect(SOCKETS[type]);
    const serviceId = type === "system_controller" ? CONTROLLER_ID : type;
    const peer = new Peer({ serviceType: type, serviceId, info: {} }, channel, this.clock);
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
    this.peerReached(peer);
    channel.receive(
      (message, text) => this.dispatch(message, peer, text),
      (problem) => this.#report(problem, channel),
    );
    return peer;
  }

  /** Starts the periodic hooks. */
  protected startTimers(): void {
    for (const hook of hooksOf(this).periodic) void this.#repeat(hook);
  }

  /** Hands a message to the hook that takes it; `text`: the message as it came. */
  protected dispatch(message: Message, peer: Peer, text: string): void | Promise<void> {
    if (message.type === "response") return peer.settle(message);
    if (message.type === "command") return void this.#execute(message, peer);
    const handler = hooksOf(this).messages.get(message.type);
    if (!handler) return this.unhandled(message, peer);
    try {
      const done = handler(message as never, peer, text);
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
    this.answered(command);
  }

  #admit(hello: Hello, channel: Channel): MessageHandler {
    const before = this.#find(hello.serviceId);
    if (before) this.#replace(before);
    const peer = new Peer(hello, channel, this.clock);
    this.#keep(peer);
    this.#guard(() => this.peerJoined(peer));
    return (message, text) =>
      this.#peers.has(peer) ? this.dispatch(message, peer, text) : undefined;
  }

  #find(serviceId: string): Peer | undefined {
    return [...this.#peers].find(({ id }) => id === serviceId);
  }

  /** Another process has its id: it is dead, and the end of its connection is still to be read. */
  #replace(peer: Peer): void {
    this.log.info(`${peer.id} is back before it was gone`);
    this.#peers.delete(peer);
    this.#guard(() => this.peerLeft(peer));
    void peer.channel.close();
  }

  #keep(peer: Peer): void {
    this.#peers.add(peer);
    void peer.channel.closed.then((error) => {
      if (!this.#peers.delete(peer)) return;
      if (error) this.#noteLoss(error);
      this.#guard(() => this.peerLeft(peer));
    });
  }

  #noteLoss(error: Error): void {
    const level = error.cause instanceof FrameTooLargeError ? "ERROR" : "DEBUG";
    this.log.log(level, `Lost the connection to ${error.message}`);
  }

  #report(problem: Error, channel: Channel): void {
    this.log.warning(`Dropped a message from ${channel.peer}: ${problem.message}`);
    const id = problem instanceof BadMessageError ? commandIdOf(problem.raw) : null;
    // Whoever asked waits for an answer.
    if (id !== null) {
      void channel.send({ type: "response", id, error: problem.message, data: null });
    }
  }

  async #runStage(stage: Stage, configuration?: Configuration): Promise<void> {
    const state = this.#state;
    for (const hook of hooksOf(this).stages[stage]) {
      // A stop or a failure may have come in between.
      if (this.#state !== state) return;
      await hook(configuration as Configuration);
    }
  }

  #check(to: ServiceState): void {
    if (!canTransition(this.#state, to)) {
      throw new IllegalTransitionError(this.id, this.#state, to);
    }
  }

  async #pass(via: ServiceState, to: ServiceState, work: () => Promise<void>): Promise<void> {
    this.#check(via);
    this.#enter(via);
    try {
      await work();
    } catch (error) {
      // What goes wrong after a stop has cut in is no failure of the run.
      if (this.#state === via) this.fail(error);
      else this.log.warning(`Was cut short while ${via}: ${describeError(error)}`);
      throw error;
    }
    if (this.#state === via) this.#enter(to);
  }

  async #repeat({ everyMs, run }: PeriodicHook): Promise<void> {
    const { signal } = this.#life;
    try {
      // One run has to end before the next: a slow one must not pile up.
      while (!signal.aborted) {
        await this.clock.sleep(everyMs, signal);
        if (!signal.aborted) await run();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  #enter(state: ServiceState): void {
    this.#state = state;
    this.stateChanged(state);
  }
}

/** The id of a command that is otherwise of no use, so that it can be answered; else null. */
function commandIdOf(raw: unknown): number | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { type, id } = raw as { type?: unknown; id?: unknown };
  return type === "command" && Number.isSafeInteger(id) ? id as number : null;
}
