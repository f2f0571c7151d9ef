import type { Command, CommandOf, Message } from "../comms/messages.ts";
import type { LagSample } from "../model/instrument.ts";
import type { RunEvent } from "../model/run_event.ts";
import { RUN_EVENT_TYPES } from "../model/run_event_types.ts";
import { CONTROLLER_ID } from "../model/service_type.ts";
import { describeError } from "../runtime/log.ts";
import { processUsage } from "../runtime/process_usage.ts";
import { BadInputError } from "./bad_input_error.ts";
import { BaseService, type ServiceContext } from "./base_service.ts";
import { every, hooksOf, onCommand } from "./hooks.ts";
import type { ServiceState } from "./lifecycle.ts";
import type { Peer } from "./peer.ts";

/** Milliseconds between two signs of life. */
const HEARTBEAT_MS = 1_000;

/** Thrown when the controller is gone: nobody is left to work for. */
export class OrphanedError extends Error {
  override readonly name = "OrphanedError";
}

/** A service that the controller commands over the bus. */
export abstract class ComponentService extends BaseService {
  #bus: Peer | null = null;
  /** Why the controller does not want this service; null while it does. */
  #refusal: string | null = null;
  readonly #stopped = Promise.withResolvers<void>();

  constructor(context: ServiceContext) {
    super(context);
  }

  /**
   * Connects to the bus and serves commands until the service is stopped.
   *
   * Throws OrphanedError when the controller is not there or goes away first.
   */
  override async run(): Promise<void> {
    const bus = await this.#reachController();
    this.startTimers();
    const isOrphan = await Promise.race([
      this.#stopped.promise.then(() => false),
      bus.channel.closed.then(() => true),
    ]);
    if (this.#refusal !== null) throw new Error(`${CONTROLLER_ID}: ${this.#refusal}`);
    if (isOrphan) throw new OrphanedError("The controller is gone");
  }

  async #reachController(): Promise<Peer> {
    try {
      return await this.connectTo("system_controller");
    } catch (error) {
      throw new OrphanedError(`Cannot reach the controller: ${describeError(error)}`);
    }
  }

  /** Tells every service that has subscribed to it that something happened. */
  protected publish(event: RunEvent): void {
    void this.#bus?.send(event);
  }

  /** Moves to `failed` and tells the controller, which ends the run. */
  override fail(error: unknown): void {
    super.fail(error);
    if (error instanceof BadInputError) {
      void this.#bus?.send({ type: "bad_input", problem: error.message });
      return;
    }
    void this.#bus?.send({ type: "failure", serviceId: this.id, cause: describeError(error) });
  }

  protected override peerReached(peer: Peer): void {
    if (peer.type !== "system_controller") return;
    this.#bus = peer;
    const topics = [...hooksOf(this).messages.keys()].filter((type) => RUN_EVENT_TYPES.has(type));
    if (topics.length > 0) void peer.send({ type: "subscribe", topics });
  }

  protected override dispatch(message: Message, peer: Peer, text: string): void | Promise<void> {
    if (message.type === "failure" && peer === this.#bus) {
      this.#refusal = message.cause;
      return;
    }
    return super.dispatch(message, peer, text);
  }

  protected override stateChanged(state: ServiceState): void {
    super.stateChanged(state);
    void this.#bus?.send({ type: "status", state });
  }

  @onCommand("configure")
  protected onConfigureCommand({ config, secrets }: CommandOf<"configure">): Promise<void> {
    return this.configure({ config, secrets });
  }

  @onCommand("start")
  protected onStartCommand(): Promise<void> {
    return this.start();
  }

  @onCommand("stop")
  protected onStopCommand(): Promise<void> {
    return this.stop();
  }

  protected override answered(command: Command): void {
    // Here the service waits for the others: what takes a while costs the start of the run nothing.
    if (command.kind === "configure") {
      void this.context.showName?.(this.id);
      void this.context.standBack?.();
    }
    // The answer to "stop" has to leave before the process does.
    if (command.kind === "stop") this.#stopped.resolve();
  }

  @every(HEARTBEAT_MS)
  protected beat(): void {
    void this.#bus?.send({
      type: "heartbeat",
      atNs: this.clock.nowNs(),
      ...processUsage(),
      lags: this.takeLags(),
    });
  }

  @onCommand("beat")
  protected onBeatCommand(): void {
    this.beat();
  }

  /** What the service has seen of its event loop since the heartbeat before. */
  protected takeLags(): LagSample[] {
    return [];
  }
}
