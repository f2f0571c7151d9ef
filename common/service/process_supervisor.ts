import type { ServiceType } from "../model/service_type.ts";
import type { Child, ChildSpec } from "../runtime/child_process.ts";
import type { Clock } from "../runtime/clock.ts";
import { atMost } from "./at_most.ts";

/** Thrown when a service could not be started; the message is for the person at the terminal. */
export class ServiceStartError extends Error {
  override readonly name = "ServiceStartError";
}

/** How long a killed process may take to be gone: one that waits for a dead disk is for ever. */
const KILL_MS = 2_000;

/** What a supervisor needs of the world. */
export interface SupervisorOptions {
  readonly clock: Clock;
  /** Starts a process. */
  readonly spawn: (spec: ChildSpec) => Child;
  /** Everything of a `ChildSpec` that is the same for all children. */
  readonly common: Omit<ChildSpec, "type" | "id" | "init">;
  /** Called when a child ends that nobody asked to end. */
  readonly onUnexpectedExit: (id: string, reason: string) => void;
  /** How long a child may take from its start to its hello. */
  readonly startTimeoutMs?: number;
}

interface Supervised {
  readonly child: Child;
  readonly hello: PromiseWithResolvers<void>;
  hasSaidHello: boolean;
  /** Why it was ended, in words that follow its id; null: it ended by itself. */
  killedFor: string | null;
}

/** Starts, watches and ends the child processes of one parent. */
export class ProcessSupervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<string, Supervised>();
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The ids of the children that have not ended. */
  get running(): string[] {
    return [...this.#children.keys()];
  }

  /**
   * Starts a child; resolves when it has said hello.
   *
   * Rejects with ServiceStartError when it exits early, takes too long or is refused, and when
   * the children are being stopped: one more would be left behind.
   */
  async start(type: ServiceType, id: string, init: Record<string, unknown> = {}): Promise<void> {
    if (this.#isStopping) throw new ServiceStartError(`Cannot start ${id}: the run is ending`);
    if (this.#children.has(id)) throw new ServiceStartError(`Cannot start ${id}: it runs already`);
    const child = this.#spawn({ ...this.#options.common, type, id, init });
    const hello = Promise.withResolvers<void>();
    const supervised: Supervised = { child, hello, hasSaidHello: false, killedFor: null };
    this.#children.set(id, supervised);
    void child.exited.then((reason) => this.#ended(id, supervised, reason));
    const timeoutMs = this.#options.startTimeoutMs ?? 30_000;
    const timer = new AbortController();
    const late = this.#options.clock.sleep(timeoutMs, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      throw new ServiceStartError(
        `Cannot start ${id}: it did not say hello within ${timeoutMs / 1000} s`,
      );
    });
    try {
      await Promise.race([hello.promise, late]);
    } catch (error) {
      child.kill();
      throw error;
    } finally {
      timer.abort();
    }
  }

  /** Notes that a child has said hello; it is too late for that once all are to end. */
  confirm(id: string): void {
    const supervised = this.#children.get(id);
    if (!supervised) return;
    if (this.#isStopping) supervised.child.kill();
    supervised.hasSaidHello = true;
    supervised.hello.resolve();
  }

  /**
   * Ends a child at once; resolves when it has ended, or a little later if even that takes for ever.
   *
   * `reason`: why, in words that follow its id; it is told as the reason of its unexpected exit.
   */
  async kill(id: string, reason: string): Promise<void> {
    const supervised = this.#children.get(id);
    if (!supervised) return;
    supervised.killedFor ??= reason;
    supervised.child.kill();
    await atMost(this.#options.clock, KILL_MS, supervised.child.exited);
  }

  /** Notes that a child's hello was not acceptable. */
  refuse(id: string, reason: string): void {
    this.#children.get(id)?.hello.reject(new ServiceStartError(`Cannot use ${id}: ${reason}`));
  }

  /** From now on children are expected to end. */
  expectExits(): void {
    this.#isStopping = true;
  }

  /**
   * Waits until every child has ended; kills those that have not after `graceMs`, and at once those
   * that have not said hello: nobody has asked them to end, and they have done nothing yet.
   *
   * Returns the ids of those that had to be killed for all that.
   */
  async stopAll(graceMs: number): Promise<string[]> {
    this.expectExits();
    for (const { child, hasSaidHello } of this.#children.values()) if (!hasSaidHello) child.kill();
    const ended = Promise.all([...this.#children.values()].map(({ child }) => child.exited));
    const { clock } = this.#options;
    await atMost(clock, graceMs, ended);
    const killed = this.running;
    for (const { child } of this.#children.values()) child.kill();
    await atMost(clock, KILL_MS, ended);
    return killed;
  }

  /** Kills every child at once. */
  killAll(): void {
    this.expectExits();
    for (const { child } of this.#children.values()) child.kill();
  }

  #spawn(spec: ChildSpec): Child {
    try {
      return this.#options.spawn(spec);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new ServiceStartError(`Cannot start ${spec.id}: ${cause}`);
    }
  }

  #ended(id: string, supervised: Supervised, how: string): void {
    const reason = supervised.killedFor ?? how;
    this.#children.delete(id);
    if (supervised.hasSaidHello) {
      if (!this.#isStopping) this.#options.onUnexpectedExit(id, reason);
      return;
    }
    supervised.hello.reject(
      new ServiceStartError(`Cannot start ${id}: it ${reason} before it said hello`),
    );
  }
}
