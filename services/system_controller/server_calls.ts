import { joinUrl } from "../../common/config/endpoint_url.ts";
import type { PhasePlan, RunConfig, RunSecrets } from "../../common/model/run_config.ts";
import type { RunEvent } from "../../common/model/run_event.ts";
import type { ServerCallsPlan } from "../../common/model/server_calls.ts";
import { describeError } from "../../common/runtime/log.ts";

/** One call to a server. */
export interface ServerCall {
  readonly url: string;
  readonly secrets: RunSecrets;
  readonly timeoutMs: number;
  /** Cuts it off. */
  readonly signal: AbortSignal;
}

/** What the calls of a run need of the world. */
export interface ServerCallsOptions {
  readonly secrets: RunSecrets;
  /** POSTs nothing; rejects with an Error in plain words unless the server agrees. */
  post(call: ServerCall): Promise<void>;
  /** Tells the person at the terminal what takes a while. */
  say(line: string): void;
}

/**
 * What is asked of the servers around the profiling phase of a run: an empty cache, and a profile of
 * themselves. The profiler is stopped wherever it may have been started, however the run ends.
 */
export class ServerCalls {
  readonly #options: ServerCallsOptions;
  readonly #opening = new AbortController();
  readonly #closing = new AbortController();
  readonly #warmedUp = Promise.withResolvers<void>();
  #opened: Promise<void> | null = null;
  #closed: Promise<void> | null = null;
  #plan: ServerCallsPlan | null = null;
  /** Where the profiler runs. */
  readonly #profiled = new Set<string>();
  readonly #problems: string[] = [];

  constructor(options: ServerCallsOptions) {
    this.#options = options;
  }

  /** What went wrong after the load, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /**
   * Must be called before the load begins. Makes the calls of a run without a warm-up; rejects when a
   * server refuses.
   */
  async beforeLoad({ serverCalls, phases }: RunConfig): Promise<void> {
    this.#plan = serverCalls;
    if (!hasWarmup(phases)) await this.#open();
  }

  /**
   * Makes the calls of a run with a warm-up when that has ended; rejects when a server refuses.
   *
   * Resolves to whether the profiling phase waits for it.
   */
  async afterWarmup({ phases }: RunConfig): Promise<boolean> {
    if (this.#plan === null || !hasWarmup(phases)) return false;
    await this.#warmedUp.promise;
    await this.#open();
    return !this.#opening.signal.aborted;
  }

  /** Notes that a phase has ended; nothing follows one that was cut off. */
  noteEnd({ phase, reason }: Pick<PhaseEnd, "phase" | "reason">): void {
    const isWarm = reason !== "cancelled" && reason !== "failed_threshold";
    if (phase === "warmup" && isWarm) this.#warmedUp.resolve();
  }

  /** The load is over: cuts off what was to come before it, and stops what runs. Never rejects. */
  close(): Promise<void> {
    this.#opening.abort();
    return this.#closed ??= this.#close();
  }

  /** Cuts off what was to come before the load, or, when that is over, what comes after it. */
  interrupt(): void {
    this.#opening.abort();
    if (this.#closed !== null) this.#closing.abort();
  }

  /** Resolves when it is cut off, too. */
  async #open(): Promise<void> {
    const { signal } = this.#opening;
    if (this.#plan === null || signal.aborted) return;
    try {
      await (this.#opened ??= this.#callAll(this.#plan));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #callAll({ urls, resetCache, profiler }: ServerCallsPlan): Promise<void> {
    const { signal } = this.#opening;
    if (resetCache !== null) {
      const call = { ...resetCache, signal, flag: "--reset-kv-cache" };
      await Promise.all(urls.map((url) => this.#post(url, call)));
    }
    if (profiler === null) return;
    const call = { ...profiler, path: profiler.startPath, signal, flag: "--server-profiler" };
    await Promise.all(urls.map((url) => {
      // Before it is known: a server that answers late, or not at all, may have begun.
      this.#profiled.add(url);
      return this.#post(url, call);
    }));
  }

  async #close(): Promise<void> {
    const hasBegun = await this.#opened?.then(() => true, () => false) ?? false;
    const profiler = this.#plan?.profiler;
    if (!profiler || this.#profiled.size === 0) return;
    this.#options.say("waiting for the server to stop its profiler");
    const { signal } = this.#closing;
    const call = { ...profiler, path: profiler.stopPath, signal, flag: "--server-profiler" };
    await Promise.all([...this.#profiled].map(async (url) => {
      try {
        await this.#post(url, call);
      } catch (error) {
        // A profiler that did not start, which is told already, need not stop.
        if (hasBegun) this.#problems.push(describeError(error));
      }
    }));
  }

  async #post(baseUrl: string, call: NamedCall): Promise<void> {
    const { flag, path, timeoutMs, signal } = call;
    const { secrets, post } = this.#options;
    try {
      signal.throwIfAborted();
      await post({ url: joinUrl(baseUrl, path), secrets, timeoutMs, signal });
    } catch (error) {
      const why = signal.aborted ? "the run was ended meanwhile" : describeError(error);
      throw new Error(`${flag}: POST ${joinUrl(baseUrl, path)}: ${why}`, { cause: error });
    }
  }
}

type PhaseEnd = RunEvent & { readonly type: "phase_complete" };

interface NamedCall {
  readonly flag: string;
  readonly path: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function hasWarmup(phases: readonly PhasePlan[]): boolean {
  return phases.some(({ phase }) => phase === "warmup");
}
