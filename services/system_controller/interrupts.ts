import type { StopSignal } from "./outcome.ts";

/** What a signal is passed on to. */
export interface Interruptible {
  /** Ends in good order. */
  interrupt(signal: StopSignal): void;
  /** Ends at once and leaves nothing behind. */
  abandon(signal: StopSignal): void;
}

/** What signals do when nobody is there to take them. */
export interface InterruptsOptions {
  /** Tells the person at the terminal what becomes of the signal. */
  readonly say: (line: string) => void;
  /** Ends the program. */
  readonly exit: (signal: StopSignal) => void;
  /** Milliseconds since any moment. */
  readonly nowMs: () => number;
}

/**
 * The same signal within so long is the same key, pressed once: a terminal signals all programs in
 * front, and one that started this one, such as `deno task`, passes the signal on once more.
 */
const SAME_KEY_MS = 400;

/**
 * The signals that end the program early, from before its first run to after its last.
 *
 * The first one ends the run that goes on in good order, and what waits for the next one; the
 * second one ends everything at once.
 */
export class Interrupts {
  readonly #options: InterruptsOptions;
  readonly #first = new AbortController();
  #received: StopSignal | null = null;
  #receivedMs = -Infinity;
  #current: Interruptible | null = null;

  constructor(options: InterruptsOptions) {
    this.#options = options;
  }

  /** The first signal; null: none has come. */
  get received(): StopSignal | null {
    return this.#received;
  }

  /** Aborts when the first signal comes. */
  get aborted(): AbortSignal {
    return this.#first.signal;
  }

  /** Passes signals on to `current`, also the one that has come already; returns how to end that. */
  attend(current: Interruptible): () => void {
    this.#current = current;
    if (this.#received !== null) current.interrupt(this.#received);
    return () => this.#current = null;
  }

  /** Takes a signal. */
  receive(signal: StopSignal): void {
    const nowMs = this.#options.nowMs();
    if (signal === this.#received && nowMs - this.#receivedMs < SAME_KEY_MS) return;
    if (this.#received !== null) {
      this.#current?.abandon(signal);
      this.#options.exit(signal);
      return;
    }
    this.#received = signal;
    this.#receivedMs = nowMs;
    this.#current?.interrupt(signal);
    this.#first.abort();
    this.#options.say(`${signal}: ending the run; once more to end at once`);
  }
}
