/** What one read has brought is worked off for so long between two turns of the event loop, … */
const STRETCH_MS = 25;

/** … and read after read for so long, in ms: on a busy machine a turn takes some ms itself. */
const LONG_STRETCH_MS = 100;

/** The clock is looked at after so many bytes: it costs as much as a message. */
const LOOK_BYTES = 2 * 1024;

/** From so many bytes on what comes read by read is a backlog, too. */
const BACKLOG_BYTES = 32 * 1024;

/**
 * Keeps who reads a backlog from holding up everything else.
 *
 * A read of what is there already resolves without a turn of the event loop, and the runtime allows
 * a hundred of them in a row. With all that a message sets off, that can be seconds, in which no
 * timer fires and no sign of life is given.
 */
export class Breather {
  readonly #now: () => number;
  #bytes = 0;
  #lookAt = LOOK_BYTES;
  /** When the event loop had its last turn for sure, or a long time before that. */
  #turnMs: number;
  #readMs: number;

  /** `now`: a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#turnMs = this.#readMs = now();
  }

  /** A read has come: what it brought is going to be worked off. */
  begin(): void {
    this.#readMs = this.#now();
  }

  /** So many bytes more have been worked off; whether a turn of the event loop is due now. */
  isDue(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes < this.#lookAt) return false;
    this.#lookAt = this.#bytes + LOOK_BYTES;
    const nowMs = this.#now();
    const isLong = this.#bytes >= BACKLOG_BYTES && nowMs - this.#turnMs >= LONG_STRETCH_MS;
    if (!isLong && nowMs - this.#readMs < STRETCH_MS) return false;
    this.#bytes = 0;
    this.#lookAt = LOOK_BYTES;
    this.#turnMs = this.#readMs = nowMs;
    return true;
  }
}

/** Resolves when timers and what has come over sockets have had their turn. */
export function nextTurn(): Promise<void> {
  // Where it comes often, `SocketTurns` has shorter ones; here it seldom comes, and needs no socket.
  return new Promise((resolve) => setTimeout(resolve, 0));
}
