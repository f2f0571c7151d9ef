import { BriefMap } from "../../common/runtime/brief_map.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { UNREAD_REASON } from "../../common/runtime/unread_reason.ts";

/** Timers hold 31 bits of milliseconds. */
const LONGEST_SLEEP_MS = 2 ** 30;

/** Why an open request was cut off. */
export type CutReason = "cancelled" | "planned" | "timeout" | "linger";

/** An open request, and the means to cut it off. */
export interface OpenRequest {
  /** Aborts when the request must end. */
  readonly signal: AbortSignal;
  /** Why it was cut off; null while it was not. */
  readonly cut: CutReason | null;
  /** The answer is complete: from now on only wait a little for the connection to become free. */
  linger(): void;
  /** Cuts the request off on purpose. */
  cutOff(): void;
  /** The request is over; must be called once for every request that was opened. */
  close(): void;
}

/** How long requests may stay open. */
export interface InFlightLimits {
  /** The whole request, in ms. */
  timeoutMs: number;
  /** What is left of it after the server said that the answer is complete, in ms; 2000 unless given. */
  lingerMs?: number;
}

/**
 * The open requests of a worker: ends those that take too long and those whose signal aborts.
 *
 * All requests have the same time limit, so they fall due in the order they were opened: one timer
 * for all of them is enough, and opening and closing are two map operations. A timer and a listener
 * on the run's signal for each request would cost 2 µs and, as a signal's listeners are searched
 * one by one, 35 µs at 2,000 open requests.
 */
export class InFlight {
  readonly #open: Deadlines;
  readonly #lingering: Deadlines;
  readonly #signals = new Map<AbortSignal, SignalGroup>();
  #opened = 0;

  constructor(clock: Clock, limits: InFlightLimits) {
    this.#open = new Deadlines(clock, limits.timeoutMs, (request) => request.end("timeout"));
    this.#lingering = new Deadlines(
      clock,
      limits.lingerMs ?? 2000,
      (request) => request.end("linger"),
    );
  }

  /** How many requests are open. */
  get size(): number {
    let size = 0;
    for (const group of this.#signals.values()) size += group.members.size;
    return size;
  }

  /** Whether any of them has its answer and waits for the connection alone. */
  get isLingering(): boolean {
    return this.#lingering.size > 0;
  }

  /** Opens a request that ends at the latest when `signal` aborts, or when its time is up. */
  open(signal: AbortSignal): OpenRequest {
    const group = this.#group(signal);
    const request = new Opened(
      this.#opened++,
      () => {
        this.#open.delete(request);
        this.#lingering.add(request);
      },
      () => {
        this.#open.delete(request);
        this.#lingering.delete(request);
        this.#leave(signal, group, request);
      },
    );
    group.members.set(request.id, request);
    if (signal.aborted) request.end("cancelled");
    else this.#open.add(request);
    return request;
  }

  #group(signal: AbortSignal): SignalGroup {
    const known = this.#signals.get(signal);
    if (known !== undefined) return known;
    const members = new BriefMap<number, Opened>();
    const onAbort = () => {
      for (const request of members.values()) request.end("cancelled");
    };
    signal.addEventListener("abort", onAbort);
    const group = { members, onAbort };
    this.#signals.set(signal, group);
    return group;
  }

  #leave(signal: AbortSignal, group: SignalGroup, request: Opened): void {
    if (!group.members.delete(request.id) || group.members.size > 0) return;
    signal.removeEventListener("abort", group.onAbort);
    this.#signals.delete(signal);
  }
}

interface SignalGroup {
  members: BriefMap<number, Opened>;
  onAbort: () => void;
}

class Opened implements OpenRequest {
  /** No other open request has it. */
  readonly id: number;
  /** When its time is up, of the time limit that it is watched for now. */
  dueNs = Infinity;
  readonly #controller = new AbortController();
  #cut: CutReason | null = null;
  readonly linger: () => void;
  readonly close: () => void;

  constructor(id: number, linger: () => void, close: () => void) {
    this.id = id;
    this.linger = linger;
    this.close = close;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cut(): CutReason | null {
    return this.#cut;
  }

  cutOff(): void {
    this.end("planned");
  }

  end(reason: CutReason): void {
    if (this.#cut !== null) return;
    this.#cut = reason;
    this.#controller.abort(UNREAD_REASON);
  }
}

/** Things that fall due a fixed time after they were added, watched by one sleeper. */
class Deadlines {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #expire: (request: Opened) => void;
  /** In the order they fall due. */
  readonly #requests = new BriefMap<number, Opened>();
  #watch: AbortController | null = null;

  constructor(clock: Clock, ms: number, expire: (request: Opened) => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#expire = expire;
  }

  get size(): number {
    return this.#requests.size;
  }

  add(request: Opened): void {
    request.dueNs = this.#clock.nowNs() + this.#ms * 1e6;
    this.#requests.set(request.id, request);
    if (this.#watch !== null) return;
    this.#watch = new AbortController();
    void this.#run(this.#watch.signal);
  }

  delete(request: Opened): void {
    if (!this.#requests.delete(request.id) || this.#requests.size > 0) return;
    this.#watch?.abort(UNREAD_REASON);
    this.#watch = null;
  }

  async #run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const nowNs = this.#clock.nowNs();
      let nextMs: number | null = null;
      for (const request of this.#requests.values()) {
        if (request.dueNs > nowNs) {
          nextMs = (request.dueNs - nowNs) / 1e6;
          break;
        }
        this.#requests.delete(request.id);
        this.#expire(request);
      }
      if (nextMs === null) break;
      await this.#clock.sleep(Math.min(Math.max(nextMs, 1), LONGEST_SLEEP_MS), stop);
    }
    // Nothing is left, unless `delete` has ended this watch and `add` has begun another.
    if (!stop.aborted) this.#watch = null;
  }
}
