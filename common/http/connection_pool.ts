import type { Clock } from "../runtime/clock.ts";
import { UNREAD_REASON } from "../runtime/unread_reason.ts";

/** What a pool keeps: a connection that nobody uses. */
export interface Poolable {
  /** Resolves when the other end closes it, or sends what nobody asked for. */
  whenUseless(): Promise<void>;
  close(): void;
}

interface Idle<T> {
  readonly connection: T;
  /** In ns since the run's epoch; Infinity: for as long as the server keeps it. */
  readonly untilNs: number;
  /** Whether it is still kept. */
  isKept: boolean;
}

/**
 * Keeps idle connections by key, so that the next request has one at hand.
 *
 * The one that was used last goes first: its caches are warm, and those that a lower load does not
 * need get old and are closed.
 */
export class ConnectionPool<T extends Poolable> {
  readonly #clock: Clock;
  readonly #idle = new Map<string, Idle<T>[]>();
  #watch: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many connections are idle. */
  get size(): number {
    let size = 0;
    for (const idle of this.#idle.values()) size += idle.length;
    return size;
  }

  /** How many connections are idle under `key`. */
  sizeOf(key: string): number {
    return this.#idle.get(key)?.length ?? 0;
  }

  /** Takes the connection that was used last; null when there is none that is still good. */
  take(key: string): T | null {
    const idle = this.#idle.get(key);
    for (let last = idle?.pop(); last !== undefined; last = idle!.pop()) {
      if (idle!.length === 0) this.#idle.delete(key);
      last.isKept = false;
      if (last.untilNs > this.#clock.nowNs()) return last.connection;
      // The others have been idle for longer, but perhaps their server had other ideas of it.
      last.connection.close();
    }
    return null;
  }

  /** Keeps a connection for `idleMs`, or until the other end closes it; Infinity is allowed. */
  give(key: string, connection: T, idleMs: number): void {
    const entry = { connection, untilNs: this.#clock.nowNs() + idleMs * 1e6, isKept: true };
    const idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, [entry]);
    else idle.push(entry);
    void connection.whenUseless().then(() => this.#drop(key, entry));
    if (this.#watch !== null || entry.untilNs === Infinity) return;
    this.#watch = new AbortController();
    void this.#closeOld(this.#watch.signal);
  }

  /** Closes the idle connections under `key`. */
  closeKey(key: string): void {
    for (const entry of this.#idle.get(key) ?? []) {
      entry.isKept = false;
      entry.connection.close();
    }
    this.#idle.delete(key);
  }

  /** Closes all idle connections. */
  close(): void {
    this.#watch?.abort(UNREAD_REASON);
    this.#watch = null;
    for (const key of [...this.#idle.keys()]) this.closeKey(key);
  }

  /** Does nothing when the connection is in use again, or gone. */
  #drop(key: string, entry: Idle<T>): void {
    // Of one in use this is told with each answer, and thousands of others may be idle.
    if (!entry.isKept) return;
    entry.isKept = false;
    const idle = this.#idle.get(key)!;
    idle.splice(idle.lastIndexOf(entry), 1);
    if (idle.length === 0) this.#idle.delete(key);
    entry.connection.close();
  }

  async #closeOld(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      let nextNs = Infinity;
      const nowNs = this.#clock.nowNs();
      for (const [key, idle] of [...this.#idle]) {
        for (const entry of [...idle]) {
          if (entry.untilNs <= nowNs) this.#drop(key, entry);
          else nextNs = Math.min(nextNs, entry.untilNs);
        }
      }
      if (nextNs === Infinity) break;
      await this.#clock.sleep(Math.max(1, (nextNs - nowNs) / 1e6), stop);
    }
    if (!stop.aborted) this.#watch = null;
  }
}
