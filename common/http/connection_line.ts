/** So many connections are begun between two turns of the event loop: it takes 2 to 4 ms. */
const MOST_AT_ONCE = 32;

/** So many where this process is behind with its work: then connections are not what it lacks. */
const MOST_WHEN_BEHIND = 1;

/** Without a wait for that long a turn has certainly been had. */
const CALM_NS = 10e6;

/** Who waits in the line. */
interface Waiting<T> {
  readonly key: string;
  /** null: a connection is to be opened. */
  readonly go: (connection: T | null) => void;
}

/** What a line is made of. */
export interface ConnectionLineOptions<T> {
  /** Takes an idle connection; null: there is none. */
  readonly take: (key: string) => T | null;
  /** Resolves when what has come over sockets has been seen. */
  readonly nextTurn: () => Promise<void>;
  /** Whether something that has come still waits to be worked on. */
  readonly isBehind: () => boolean;
  /** In ns on any steady scale. */
  readonly nowNs: () => number;
}

/**
 * Has requests wait for a turn of the event loop when many connections are being opened at once, and
 * then take one that has become idle meanwhile; first come, first served.
 *
 * Requests that are due faster than this machine can send them would else open a connection each,
 * which takes so much of its time that none gets on, until it has no file handle left.
 */
export class ConnectionLine<T> {
  readonly #options: ConnectionLineOptions<T>;
  readonly #waiting = new Set<Waiting<T>>();
  /** How many were begun since the last turn, for all that is known. */
  #begun = 0;
  #lastNs = -Infinity;
  #isTurning = false;

  constructor(options: ConnectionLineOptions<T>) {
    this.#options = options;
  }

  /** How many requests wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Whether a connection may be opened now; then it counts as begun. Only to be asked by who has
   * found none that is idle.
   */
  mayOpen(): boolean {
    if (this.#waiting.size > 0) return false;
    const nowNs = this.#options.nowNs();
    if (nowNs - this.#lastNs > CALM_NS) this.#begun = 0;
    this.#lastNs = nowNs;
    return this.#begin(MOST_AT_ONCE);
  }

  /** Resolves to a connection, or to null when one may be opened; rejects with the signal's reason. */
  wait(key: string, signal: AbortSignal): Promise<T | null> {
    const place = new Promise<T | null>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(waiting);
        reject(signal.reason);
      };
      const waiting: Waiting<T> = {
        key,
        go: (connection) => {
          this.#waiting.delete(waiting);
          signal.removeEventListener("abort", onAbort);
          resolve(connection);
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    if (!this.#isTurning) void this.#turn();
    return place;
  }

  #begin(most: number): boolean {
    if (this.#begun >= most) return false;
    this.#begun++;
    return true;
  }

  async #turn(): Promise<void> {
    this.#isTurning = true;
    while (this.#waiting.size > 0) {
      await this.#options.nextTurn();
      this.#begun = 0;
      this.#lastNs = this.#options.nowNs();
      this.#serve();
    }
    this.#isTurning = false;
  }

  #serve(): void {
    const most = this.#options.isBehind() ? MOST_WHEN_BEHIND : MOST_AT_ONCE;
    for (const { key, go } of this.#waiting) {
      const connection = this.#options.take(key);
      if (connection === null && !this.#begin(most)) return;
      go(connection);
    }
  }
}
