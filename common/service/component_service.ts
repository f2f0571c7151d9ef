import type { CommandOf } from "../comms/messages.ts";
import { RUN_EVENT_TYPES, type RunEvent } from "../model/run_event.ts";
import { describeError } from "../runtime/log.ts";
import { BaseService, type ServiceContext } from "./base_service.ts";
import { every, hooksOf, onCommand } from "./hooks.ts";
import type { ServiceState } from "./lifecycle.ts";
import type { Peer } from "./peer.ts";

/** Milliseconds between two signs of life. */
export const HEARTBEAT_MS = 1_000;

/** Thrown when the controller is gone: nobody is left to work for. */
export class OrphanedError extends Error {
  override readonly name = "OrphanedError";
}

/** A service that the controller commands over the bus. */
export abstract class ComponentService extends BaseService {
  #bus: Peer | null = null;
  readonly #stopped = Promise.withResolvers<void>();
  #lastBeatMs = performance.now();

  constructor(context: ServiceContext) {
    super(context);
  }

  /**
   * Connects to the bus and serves commands until the service is stopped.
   *
   * Throws OrphanedError when the controller goes away first.
   */
  override async run(): Promise<void> {
    this.#bus = await this.connectTo("system_controller");
    const topics = [...hooksOf(this).messages.keys()].filter((type) => RUN_EVENT_TYPES.has(type));
    if (topics.length > 0) void this.#bus.send({ type: "subscribe", topics });
    this.startTimers();
    this.#lastBeatMs = performance.now();
    const isOrphan = await Promise.race([
      this.#stopped.promise.then(() => false),
      this.#bus.channel.closed.then(() => true),
    ]);
    if (isOrphan) throw new OrphanedError("The controller is gone");
  }

  /** Tells every service that has subscribed to it that something happened. */
  protected publish(event: RunEvent): void {
    void this.#bus?.send(event);
  }

  /** Moves to `failed` and tells the controller, which ends the run. */
  override fail(error: unknown): void {
    super.fail(error);
    void this.#bus?.send({ type: "failure", serviceId: this.id, cause: describeError(error) });
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
  protected async onStopCommand(): Promise<void> {
    await this.stop();
    // The answer has to leave before the process does.
    setTimeout(() => this.#stopped.resolve(), 0);
  }

  @every(HEARTBEAT_MS)
  protected beat(): void {
    const nowMs = performance.now();
    const loopLagMs = Math.max(0, nowMs - this.#lastBeatMs - HEARTBEAT_MS);
    this.#lastBeatMs = nowMs;
    const rssBytes = Deno.memoryUsage().rss;
    void this.#bus?.send({ type: "heartbeat", rssBytes, loopLagMs });
  }
}
